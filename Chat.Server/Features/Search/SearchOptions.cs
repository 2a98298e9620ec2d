namespace Chat.Server.Features.Search;

/// <summary>Section <c>Search</c>.</summary>
/// <param name="Interval">How often a node indexes what it committed.</param>
/// <param name="SweepInterval">How often one of the nodes looks for chats that were left behind, by a node that died for instance.</param>
public sealed record SearchOptions(TimeSpan Interval, TimeSpan SweepInterval)
{
    public SearchOptions() : this(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1))
    {
    }

    internal static (string Key, string Reason)? Check(SearchOptions options) =>
        options.Interval < TimeSpan.FromMilliseconds(50) ? ("Interval", "must be at least 50 ms")
        : options.SweepInterval < TimeSpan.FromSeconds(1) ? ("SweepInterval", "must be at least 1 s")
        : null;
}
