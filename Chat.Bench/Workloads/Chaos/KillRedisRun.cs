using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// <c>chaos kill-redis</c>: Redis gets SIGKILL under load and comes back empty. Meanwhile each node goes on storing, and pushing to its own
/// clients; those on different nodes come together again once Redis is back. Some clients leave while nobody can be told.
/// </summary>
public static class KillRedisRun
{
    public const string Name = "chaos kill-redis";

    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(5);

    public static Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken) =>
        ClusterRun.RunAsync(
            Name, options, output,
            async (cluster, stage) =>
            {
                for (var kill = 1; kill <= options.Disturbances; kill++)
                    await KillAsync($"Redis killed ({kill} of {options.Disturbances})", cluster, stage, cancellationToken);
            },
            cancellationToken);

    private static Task KillAsync(string what, ChatCluster cluster, ChaosStage stage, CancellationToken cancellationToken) =>
        stage.DisturbAsync(
            what,
            async () =>
            {
                await cluster.Redis.KillAsync(cancellationToken);
                var before = stage.Clients.Where(client => client.Node is not null)
                    .Select(client => (Client: client, Node: client.Node!, client.Acknowledged)).ToList();
                foreach (var leaver in stage.ChooseLeavers()) leaver.Leave();
                await Task.Delay(Absence, cancellationToken);
                foreach (var node in before.GroupBy(known => known.Node))
                    if (node.All(known => known.Client.Acknowledged == known.Acknowledged))
                        stage.Fail($"{what}: {node.Key} acknowledged nothing for {Absence.TotalSeconds} s.");
            },
            () => cluster.Redis.StartAsync(cancellationToken),
            cancellationToken);
}
