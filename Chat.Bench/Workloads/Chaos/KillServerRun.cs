using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Chaos;

/// <summary><c>chaos kill-server</c>: the server gets SIGKILL under load and is started again; nothing acknowledged may be lost or doubled.</summary>
public static class KillServerRun
{
    public const string Name = "chaos kill-server";

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        await using var served = await output.PhaseAsync(
            "Starting a database and a server", _ => SingleServer.StartAsync(settings: null, cancellationToken));
        await using var stage = await ChaosStage.StartAsync(served, options, output, cancellationToken);
        for (var kill = 1; kill <= options.Disturbances; kill++)
            await stage.DisturbAsync(
                $"Server killed ({kill} of {options.Disturbances})",
                served.Server.KillAsync,
                () => served.Server.StartAsync(cancellationToken),
                cancellationToken);
        return await stage.FinishAsync(Name, cancellationToken);
    }
}
