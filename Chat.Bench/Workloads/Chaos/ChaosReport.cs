using Chat.Bench.Checker;

namespace Chat.Bench.Workloads.Chaos;

/// <param name="Disturbances">What was done, in order.</param>
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
    IReadOnlyDictionary<string, long> Errors,
    IReadOnlyList<string> Failures,
    CheckReport Check)
{
    public bool Passed => Failures.Count == 0 && Check.Passed;
}

/// <param name="SecondsAway">From the blow until the thing answered again.</param>
/// <param name="SecondsToNextAcknowledgement">From when it answered again until a message was acknowledged.</param>
/// <param name="Unavailable">Calls that were answered with <c>unavailable</c> from the blow until then.</param>
public sealed record Disturbance(string What, double SecondsAway, double SecondsToNextAcknowledgement, long Unavailable);
