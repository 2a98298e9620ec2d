using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// <c>chaos kill-node</c>: of two nodes behind the load balancer, one after the other gets SIGKILL under load and is started again later.
/// Some of those who lose their connection by it do not come back: they must not be shown as online for longer than their lease.
/// </summary>
public static class KillNodeRun
{
    public const string Name = "chaos kill-node";

    /// <summary>How long the other node serves alone.</summary>
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(4);

    public static Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken) =>
        ClusterRun.RunAsync(
            Name, options, output,
            async (cluster, stage) =>
            {
                for (var kill = 0; kill < options.Disturbances; kill++)
                    await KillAsync(cluster, stage, kill % cluster.Nodes.Count, cancellationToken);
            },
            cancellationToken);

    private static Task KillAsync(ChatCluster cluster, ChaosStage stage, int index, CancellationToken cancellationToken) =>
        stage.DisturbAsync(
            $"{ChatCluster.NameOf(index)} killed",
            async () =>
            {
                foreach (var leaver in stage.ChooseLeavers(ChatCluster.NameOf(index))) leaver.LeaveOnceLost();
                await cluster.Nodes[index].KillAsync();
                await Task.Delay(Absence, cancellationToken);
            },
            () => cluster.Nodes[index].StartAsync(cancellationToken),
            cancellationToken);
}
