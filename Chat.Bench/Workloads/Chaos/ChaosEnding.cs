using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Data;
using Chat.Server.Features.Presence;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// How a run ends: nobody writes any more, everybody comes to rest by themselves, who had left comes back, and only then is everybody
/// synced whether it is needed or not.
/// </summary>
internal sealed class ChaosEnding(ChaosLoad load, ChaosOptions options, ChatDatabase database, RunOutput output)
{
    /// <summary>Of presence, beyond the lease and the sweep: the way to the client, and a machine that is busy.</summary>
    private static readonly TimeSpan PresenceSlack = TimeSpan.FromSeconds(2);

    /// <summary>From writing a message to its result, since the last disturbance began, of those who did not leave.</summary>
    public LatencySummary Acknowledgements { get; private set; } = LatencySummary.Of(new LatencyHistogram());

    /// <param name="changedAt">When the last thing was broken or repaired.</param>
    public async Task<RunRecord> RunAsync(long changedAt, CancellationToken cancellationToken)
    {
        await output.PhaseAsync("Emptying outboxes", _ => load.SettleAsync(cancellationToken));
        Acknowledgements = LatencySummary.Of(load.Counters.Acknowledgements.Take());
        var stayed = await WatchCalmAsync([.. load.Clients.Where(client => !client.HasLeft)], cancellationToken);
        var presence = options.Contacts == 0 ? null : await TakeCensusAsync(changedAt, cancellationToken);

        var leavers = load.Clients.Where(client => client.HasLeft).ToList();
        foreach (var leaver in leavers) leaver.Return();
        await output.PhaseAsync($"{leavers.Count} come back", _ => load.SettleAsync(cancellationToken));
        var all = await WatchCalmAsync(load.Clients, cancellationToken);

        await output.PhaseAsync("Syncing everybody", _ => load.SyncAllAsync(cancellationToken));
        return load.ToRecord() with { Calm = Slower(stayed, all), Presence = presence };
    }

    private Task<CalmRecord> WatchCalmAsync(IReadOnlyList<ResilientClient> clients, CancellationToken cancellationToken) =>
        output.PhaseAsync("Waiting until everybody has everything", _ =>
            new CalmWatch(clients, database, options.ConvergeLimit).WatchAsync(cancellationToken));

    private async Task<PresenceRecord> TakeCensusAsync(long changedAt, CancellationToken cancellationToken)
    {
        var limit = options.PresenceLease + new PresenceOptions().SweepInterval + PresenceSlack;
        var census = await output.PhaseAsync("Waiting until everybody's presence is right", _ =>
            new PresenceCensus(load.Clients, changedAt, limit).TakeAsync(cancellationToken));
        output.Line($"Presence: {census.Seen.Count:N0} watches, right {Stopwatch.GetElapsedTime(changedAt).TotalSeconds:N1} s after the last change; allowed are {limit.TotalSeconds:N0} s");
        return census;
    }

    /// <summary>Both times of a client, the worse counts. Who came back stands in the second record only.</summary>
    private static CalmRecord Slower(CalmRecord first, CalmRecord second)
    {
        var before = first.Clients.ToDictionary(client => client.Name);
        return second with
        {
            Clients = [.. second.Clients.Select(client => before.TryGetValue(client.Name, out var earlier)
                ? client with { CompleteAfter = Later(client.CompleteAfter, earlier.CompleteAfter), TicksAfter = Later(client.TicksAfter, earlier.TicksAfter) }
                : client)],
        };
    }

    private static TimeSpan? Later(TimeSpan? one, TimeSpan? other) => one is null || other is null ? null : one > other ? one : other;
}
