using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>What the runs on two nodes have in common.</summary>
internal static class ClusterRun
{
    /// <param name="disturb">Breaks and repairs something, under load.</param>
    public static async Task<ChaosReport> RunAsync(
        string name, ChaosOptions options, RunOutput output, Func<ChatCluster, ChaosStage, Task> disturb, CancellationToken cancellationToken)
    {
        await using var cluster = await output.PhaseAsync(
            "Starting a cluster", _ => ChatCluster.StartAsync(options.NodeSettings, cancellationToken));
        await using var stage = await ChaosStage.StartAsync(cluster, options, output, cancellationToken);
        await disturb(cluster, stage);
        foreach (var (node, index) in cluster.Nodes.Select((node, index) => (node, index)))
            if (node.HasExited) stage.Fail($"{ChatCluster.NameOf(index)} has ended by itself.");
        return await stage.FinishAsync(name, cancellationToken);
    }
}
