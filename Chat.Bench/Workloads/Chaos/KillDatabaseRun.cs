using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Server.Errors;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// <c>chaos kill-database</c>: MariaDB gets SIGKILL under the load of two nodes and comes back. Meanwhile calls must be answered
/// <c>unavailable</c>; both nodes must live through it.
/// </summary>
public static class KillDatabaseRun
{
    public const string Name = "chaos kill-database";

    /// <summary>How long the database stays away, so that calls meet its absence and not only its end.</summary>
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(2);

    public static Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken) =>
        ClusterRun.RunAsync(
            Name, options, output,
            async (cluster, stage) =>
            {
                for (var kill = 1; kill <= options.Disturbances; kill++)
                    await KillAsync($"Database killed ({kill} of {options.Disturbances})", cluster, stage, cancellationToken);
            },
            cancellationToken);

    private static async Task KillAsync(string what, ChatCluster cluster, ChaosStage stage, CancellationToken cancellationToken)
    {
        await stage.DisturbAsync(
            what,
            async () =>
            {
                await cluster.Database.KillAsync(cancellationToken);
                foreach (var leaver in stage.ChooseLeavers()) leaver.Leave();
                await Task.Delay(Absence, cancellationToken);
            },
            () => cluster.Database.StartAsync(cancellationToken),
            cancellationToken);
        if (stage.UnavailableDuringLast == 0)
            stage.Fail($"{what}: no call was answered {ErrorCodes.Unavailable} while it was away.");
    }
}
