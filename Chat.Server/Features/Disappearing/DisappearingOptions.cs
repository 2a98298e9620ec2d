namespace Chat.Server.Features.Disappearing;

/// <param name="CheckInterval">How often one of the nodes removes messages whose time has come. Nobody sees them from that time on in any case.</param>
public sealed record DisappearingOptions(TimeSpan CheckInterval)
{
    public DisappearingOptions() : this(TimeSpan.FromSeconds(10))
    {
    }

    public static (string Key, string Reason)? Check(DisappearingOptions options) =>
        options.CheckInterval < TimeSpan.FromMilliseconds(100) || options.CheckInterval > TimeSpan.FromDays(1)
            ? ("CheckInterval", "must be from 100 ms to a day")
            : null;
}
