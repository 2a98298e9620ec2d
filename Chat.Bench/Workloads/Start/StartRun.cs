using System.Diagnostics;
using Chat.Bench.Client;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Start;

/// <summary>How long a server takes from the start of its process to its first answers, on a database that is there already.</summary>
public static class StartRun
{
    public const int DefaultRuns = 5;

    /// <param name="server">Started by the bench: it is started again and again.</param>
    /// <exception cref="BenchException">It did not come back, or refused its first caller.</exception>
    public static async Task<RunResult> RunAsync(ServerUnderTest server, int runs, RunOutput output, CancellationToken cancellationToken)
    {
        var process = server.Process ?? throw new BenchException("Only a server that the bench starts can be started again.");
        var first = process.StartTime;
        var user = await MakeUserAsync(server, cancellationToken);
        var (answers, calls) = (new List<double?>(), new List<double?>());
        await output.PhaseAsync($"{server.Kind}: starting {runs} times", async progress =>
        {
            for (var run = 1; run <= runs; run++)
            {
                await server.RestartAsync(cancellationToken);
                var ready = Stopwatch.GetTimestamp();
                await using var connection = await RawHubConnection.ConnectSubscribedAsync(user, IgnoringReceiver.Instance, cancellationToken);
                answers.Add(process.StartTime.TotalMilliseconds);
                calls.Add((process.StartTime + Stopwatch.GetElapsedTime(ready)).TotalMilliseconds);
                progress.Report((double)run / runs);
            }
        });
        var driver = server.Database is null ? null : await Databases.DescribeDriverAsync(server.Database, cancellationToken);
        return new RunResult(server.Kind.ToString(), driver, Figures.Gather(
        [
            (Figures.FirstStart, server.Kind is ServerKind.Product ? first.TotalMilliseconds : null),
            (Figures.Started, Spread.Of(answers)?.Median),
            (Figures.FirstCall, Spread.Of(calls)?.Median),
        ]), Check: null);
    }

    private static async Task<BenchUser> MakeUserAsync(ServerUnderTest server, CancellationToken cancellationToken)
    {
        if (server.Kind is ServerKind.Product)
            return (await BenchUsers.RegisterAsync(server.Address, server.Hub, 1, progress: null, cancellationToken))[0];
        if (server.Kind is ServerKind.Naive) await new Servers.NaiveStore(server.Database!).CreateAsync([], cancellationToken);
        return BenchUsers.Bare(server.Hub, userId: 1);
    }
}
