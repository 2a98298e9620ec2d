using Chat.Bench.Checker;
using Chat.Bench.Measuring;

namespace Chat.Bench.Workloads.Chaos;

/// <param name="Disturbances">What was done, in order.</param>
/// <param name="Acknowledgements">From writing a message to its result, since the last disturbance began, of those who did not leave.</param>
/// <param name="LongestAwaySeconds">The longest that a client was without a connection that it wanted.</param>
/// <param name="Figures">What this run in particular measured.</param>
/// <param name="Failures">What the run itself demands and did not see; empty when all is well.</param>
public sealed record ChaosReport(
    string Command,
    IReadOnlyList<Disturbance> Disturbances,
    long Acknowledged,
    long Repeated,
    long ConnectionsMade,
    long ConnectionsLost,
    long ConnectsFailed,
    long Syncs,
    long Resyncs,
    IReadOnlyDictionary<string, long> Errors,
    LatencySummary Acknowledgements,
    double LongestAwaySeconds,
    CalmSummary Calm,
    PresenceSummary? Presence,
    IReadOnlyDictionary<string, double> Figures,
    IReadOnlyList<string> Failures,
    CheckReport Check)
{
    public bool Passed => Failures.Count == 0 && Check.Passed;

    internal static ChaosReport Of(
        string command, IReadOnlyList<Disturbance> disturbances, ChaosCounters counters, LatencySummary acknowledgements, RunRecord record,
        IReadOnlyDictionary<string, double> figures, IReadOnlyList<string> failures, CheckReport check) => new(
            command, disturbances, counters.Acknowledged, counters.Repeated,
            counters.Connected, counters.ConnectionsLost, counters.ConnectFailed, counters.Syncs, counters.Resyncs, counters.Errors,
            acknowledgements,
            record.Clients.Max(client => client.LongestAway).TotalSeconds,
            CalmSummary.Of(record.Calm!), PresenceSummary.Of(record.Presence), figures, failures, check);
}

/// <param name="SecondsAway">From the blow until the thing answered again.</param>
/// <param name="SecondsToNextAcknowledgement">From when it answered again until a message was acknowledged.</param>
/// <param name="Unavailable">Calls that were answered with <c>unavailable</c> from the blow until then.</param>
public sealed record Disturbance(string What, double SecondsAway, double SecondsToNextAcknowledgement, long Unavailable);

/// <summary>How clients came to have everything without being made to sync.</summary>
/// <param name="NeverReconnected">Of them, those whom no reconnect helped.</param>
/// <param name="NeededFinalSync">Clients that lacked something when the time was over.</param>
/// <param name="SlowestSeconds">Until the slowest of the others had every message.</param>
public sealed record CalmSummary(int Clients, int NeverReconnected, int NeededFinalSync, double SlowestSeconds, double LimitSeconds)
{
    public static CalmSummary Of(CalmRecord calm) => new(
        calm.Clients.Count,
        calm.Clients.Count(client => client.NeverReconnected),
        calm.Clients.Count(client => client.CompleteAfter is null),
        calm.Clients.Max(client => client.CompleteAfter)?.TotalSeconds ?? 0,
        calm.Limit.TotalSeconds);
}

/// <param name="Watches">Pairs of one who watches and one who is watched.</param>
/// <param name="Gone">Of them, those where the watched one was gone.</param>
/// <param name="SlowestSeconds">Until the last of those that came right was right.</param>
public sealed record PresenceSummary(int Watches, int Gone, int Wrong, double SlowestSeconds, double LimitSeconds)
{
    public static PresenceSummary? Of(PresenceRecord? presence) => presence is null ? null : new(
        presence.Seen.Count,
        presence.Seen.Count(seen => !seen.IsConnected),
        presence.Seen.Count(seen => seen.RightAfter is null),
        presence.Seen.Max(seen => seen.RightAfter)?.TotalSeconds ?? 0,
        presence.Limit.TotalSeconds);
}
