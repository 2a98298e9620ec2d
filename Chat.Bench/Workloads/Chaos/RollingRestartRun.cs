using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// <c>chaos rolling-restart</c>: each node in turn gets SIGTERM under load, drains, ends, and is started again, as in an upgrade. No
/// client may be away for more than a few seconds.
/// </summary>
public static class RollingRestartRun
{
    public const string Name = "chaos rolling-restart";

    /// <summary>
    /// The longest that a client may be away. One that is asked to go reconnects at once; one whose connection breaks while a node drains may be
    /// sent back to that node until the load balancer has noticed, which takes it two to three seconds.
    /// </summary>
    private static readonly TimeSpan AwayLimit = TimeSpan.FromSeconds(5);

    /// <summary>The drain's own times add up to 13 s; then the host stops.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(25);

    public static Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken) =>
        ClusterRun.RunAsync(
            Name, options with { Leavers = 0 }, output,
            async (cluster, stage) =>
            {
                stage.AwayLimit = AwayLimit;
                for (var index = 0; index < cluster.Nodes.Count; index++)
                {
                    var node = cluster.Nodes[index];
                    await stage.DisturbAsync(
                        $"{ChatCluster.NameOf(index)} restarted",
                        () => node.TerminateAsync(StopLimit, cancellationToken),
                        () => node.StartAsync(cancellationToken),
                        cancellationToken);
                }
            },
            cancellationToken);
}
