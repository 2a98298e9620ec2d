namespace Chat.Server.Features.Notifications;

/// <summary>Section <c>Notifications</c>.</summary>
/// <param name="Delay">A message that is read within this time raises none. It takes up to two and a half times as long.</param>
/// <param name="KeepFor">How long notifications are kept.</param>
/// <param name="CleanupInterval">How often one of the nodes deletes older ones.</param>
public sealed record NotificationOptions(TimeSpan Delay, TimeSpan KeepFor, TimeSpan CleanupInterval)
{
    public NotificationOptions() : this(TimeSpan.FromSeconds(3), TimeSpan.FromDays(30), TimeSpan.FromMinutes(10))
    {
    }

    internal static (string Key, string Reason)? Check(NotificationOptions options) =>
        options.Delay < TimeSpan.FromMilliseconds(50) ? ("Delay", "must be at least 50 ms")
        : options.KeepFor < TimeSpan.FromMinutes(1) ? ("KeepFor", "must be at least 1 minute")
        : options.CleanupInterval < TimeSpan.FromSeconds(1) ? ("CleanupInterval", "must be at least 1 s")
        : null;
}
