using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Bench.Client;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// <c>chaos slow-clients</c>: hundreds of members of a group stop reading, without a word, while the others go on writing. Nobody else may be
/// delayed, the nodes' memory stays bounded, and those who do not read are dropped, with a reason, once they have left enough unread.
/// </summary>
public static class SlowClientsRun
{
    public const string Name = "chaos slow-clients";

    /// <summary>How the server says why, in its log: too much waits (Realtime/Backplane/SlowClients.cs), or nothing was taken for long (Realtime/Outputs).</summary>
    private static readonly string[] Reasons = ["it reads too slowly", "whose client took nothing"];
    private static readonly string[] ReasonCategories =
    [
        "Logging__LogLevel__Chat.Server.Realtime.Backplane.SlowClients", "Logging__LogLevel__Chat.Server.Realtime.Outputs.StalledOutputs",
    ];

    /// <summary>Until all who do not read are dropped: their bound, and before it the system's socket buffers, have to fill.</summary>
    private static readonly TimeSpan DropLimit = TimeSpan.FromSeconds(50);

    /// <summary>Delivery to the others, in p99: so many times that of the calm, and a little for its being a small number.</summary>
    private const double MaxRatio = 3;
    private const double RatioSlackMs = 50;

    /// <summary>Of both nodes together. What waits is shared by all for whom it waits, so it is far below their number times the bound.</summary>
    private const double MaxGrowthMegabytes = 200;

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>(options.NodeSettings);
        foreach (var category in ReasonCategories) settings[category] = "Information";
        await using var cluster = await output.PhaseAsync("Starting a cluster", _ => ChatCluster.StartAsync(settings, cancellationToken));
        await using var stage = await ChaosStage.StartAsync(cluster, options, output, cancellationToken);
        var readers = new ConcurrentBag<LazyReader>();
        try
        {
            await output.PhaseAsync($"Connecting {stage.Bystanders.Count} more members", _ => Parallel.ForEachAsync(
                stage.Bystanders, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
                async (user, token) => readers.Add(await LazyReader.ConnectAsync(user, token))));
            await MeasureAsync(cluster, stage, [.. readers], options, output, cancellationToken);
        }
        finally
        {
            foreach (var reader in readers) await reader.DisposeAsync();
        }
        return await stage.FinishAsync(Name, cancellationToken);
    }

    private static async Task MeasureAsync(
        ChatCluster cluster, ChaosStage stage, IReadOnlyList<LazyReader> readers, ChaosOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        _ = DroppedBy(cluster);
        _ = stage.Counters.Deliveries.Take();
        await output.WaitAsync("Load, everybody reads", options.CalmBefore * 2, cancellationToken);
        var calm = LatencySummary.Of(stage.Counters.Deliveries.Take());

        var memory = new MemoryPeak([.. cluster.Nodes.Select(node => node.ProcessId)]);
        foreach (var reader in readers) reader.StopReading();
        var start = Stopwatch.GetTimestamp();
        await output.PhaseAsync($"Load, {readers.Count} do not read", async progress =>
        {
            while (DroppedBy(cluster) < readers.Count && Stopwatch.GetElapsedTime(start) < DropLimit)
            {
                memory.Look();
                progress.Report((double)DroppedBy(cluster) / readers.Count);
                await Task.Delay(100, cancellationToken);
            }
        });
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var stuck = LatencySummary.Of(stage.Counters.Deliveries.Take());

        output.Line(
            $"{DroppedBy(cluster)} of {readers.Count} were dropped with a reason, the last after {seconds:N1} s; the nodes grew by {memory.GrowthBytes / 1e6:N0} MB at most; "
            + $"delivery to the others p50 / p99: {calm.P50Ms:N1} / {calm.P99Ms:N1} ms before, {stuck.P50Ms:N1} / {stuck.P99Ms:N1} ms meanwhile");
        stage.Measured("delivery p99 ms, everybody reads", calm.P99Ms);
        stage.MustBeWithin("delivery p99 ms, many do not read", stuck.P99Ms, (calm.P99Ms * MaxRatio) + RatioSlackMs);
        stage.MustBeWithin("growth of both nodes, MB", memory.GrowthBytes / 1e6, MaxGrowthMegabytes);
        stage.MustBeWithin("seconds until all were dropped", seconds, DropLimit.TotalSeconds);
        stage.MustBeWithin("not dropped", readers.Count - DroppedBy(cluster), 0);
    }

    private static long DroppedBy(ChatCluster cluster) => cluster.Nodes.Sum(node => Reasons.Sum(node.CountLogged));
}
