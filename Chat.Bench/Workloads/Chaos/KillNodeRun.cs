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

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        await using var cluster = await output.PhaseAsync(
            "Starting a cluster", _ => ChatCluster.StartAsync(options.NodeSettings, cancellationToken));
        await using var stage = await ChaosStage.StartAsync(cluster, options, output, cancellationToken);
        for (var kill = 0; kill < options.Disturbances; kill++)
        {
            var index = kill % cluster.Nodes.Count;
            await stage.DisturbAsync(
                $"{ChatCluster.NameOf(index)} killed ({kill + 1} of {options.Disturbances})",
                async () =>
                {
                    foreach (var leaver in stage.ChooseLeavers(ChatCluster.NameOf(index))) leaver.LeaveOnceLost();
                    await cluster.Nodes[index].KillAsync();
                    await Task.Delay(Absence, cancellationToken);
                },
                () => cluster.Nodes[index].StartAsync(cancellationToken),
                cancellationToken);
        }
        return await stage.FinishAsync(Name, cancellationToken);
    }
}
