using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Server.Errors;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// <c>chaos restart-database</c>: the database goes away under load, in turn by SIGKILL and by a clean stop, and comes back.
/// Meanwhile calls must be answered <c>unavailable</c>; the server's process must live through it.
/// </summary>
public static class RestartDatabaseRun
{
    public const string Name = "chaos restart-database";

    /// <summary>How long the database stays away, so that calls meet its absence and not only its end.</summary>
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(1.5);

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        await using var served = await output.PhaseAsync(
            "Starting a database and a server", _ => SingleServer.StartAsync(settings: null, cancellationToken));
        await using var stage = await ChaosStage.StartAsync(served, options, output, cancellationToken);
        var processId = served.Server.ProcessId;
        for (var i = 1; i <= options.Disturbances; i++)
        {
            var kill = i % 2 == 1;
            await stage.DisturbAsync(
                $"Database {(kill ? "killed" : "stopped")} ({i} of {options.Disturbances})",
                async () =>
                {
                    await (kill ? served.Database.KillAsync(cancellationToken) : served.Database.StopAsync(cancellationToken));
                    await Task.Delay(Absence, cancellationToken);
                },
                () => served.Database.StartAsync(cancellationToken),
                cancellationToken);
            if (stage.UnavailableDuringLast == 0)
                stage.Fail($"No call was answered {ErrorCodes.Unavailable} while the database was away.");
            if (served.Server.HasExited || served.Server.ProcessId != processId)
            {
                stage.Fail("The server's process did not live through it.");
                output.Line(served.Server.LogExcerpt);
                break;
            }
        }
        return await stage.FinishAsync(Name, cancellationToken);
    }
}
