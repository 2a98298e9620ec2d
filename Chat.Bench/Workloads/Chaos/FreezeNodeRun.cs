using System.Diagnostics;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// <c>chaos freeze-node</c>: one of two nodes gets SIGSTOP under load, and SIGCONT twenty seconds later: it keeps its connections, its
/// transactions and its belief that no time has passed. The people on the other node must be able to write all the while.
/// </summary>
public static class FreezeNodeRun
{
    public const string Name = "chaos freeze-node";

    private static readonly TimeSpan Freeze = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The longest that a message of the other node may wait for its acknowledgement: the frozen node may hold locks in the database, which
    /// lets go of them when it has not heard of them for a while.
    /// </summary>
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(8);

    public static Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken) =>
        ClusterRun.RunAsync(
            Name, options, output,
            async (cluster, stage) =>
            {
                for (var freeze = 0; freeze < options.Disturbances; freeze++)
                    await FreezeAsync(cluster, stage, freeze % cluster.Nodes.Count, output, cancellationToken);
            },
            cancellationToken);

    private static Task FreezeAsync(ChatCluster cluster, ChaosStage stage, int index, RunOutput output, CancellationToken cancellationToken)
    {
        var what = $"{ChatCluster.NameOf(index)} frozen";
        return stage.DisturbAsync(
            what,
            async () =>
            {
                await cluster.Nodes[index].FreezeAsync();
                var start = Stopwatch.GetTimestamp();
                foreach (var leaver in stage.ChooseLeavers()) leaver.Leave();
                var others = stage.Clients.Where(client => client.Node is { } node && node != ChatCluster.NameOf(index)).ToList();
                await Task.Delay(Freeze, cancellationToken);

                var slowest = others.Where(client => !client.HasLeft).Max(client => client.SlowestSince(start));
                output.Line($"{what}: of {others.Count} clients on the other node, the longest wait for an acknowledgement was {slowest.TotalSeconds:N1} s; allowed are {WaitLimit.TotalSeconds:N0} s");
                if (slowest > WaitLimit)
                    stage.Fail($"{what}: a client on the other node waited {slowest.TotalSeconds:N1} s for an acknowledgement, allowed are {WaitLimit.TotalSeconds:N0} s.");
            },
            cluster.Nodes[index].ThawAsync,
            cancellationToken);
    }
}
