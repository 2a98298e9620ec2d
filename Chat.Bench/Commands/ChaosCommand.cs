using System.CommandLine;
using System.Globalization;
using Chat.Bench.Output;
using Chat.Bench.Workloads.Chaos;

namespace Chat.Bench.Commands;

/// <summary><c>chaos …</c>: breaks something under load and checks that nothing was lost.</summary>
internal static class ChaosCommand
{
    /// <summary>What stops everything again takes a few seconds more.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(110);

    public static Command Create() => new("chaos", "Breaks something under load, and checks that nothing acknowledged was lost, doubled or reordered.")
    {
        Run("kill-server", "Kills the server's process, several times.", KillServerRun.RunAsync, ChaosOptions.Default, ChaosOptions.Quick),
        Run("restart-database", "Kills and stops the database, in turn.", RestartDatabaseRun.RunAsync, ChaosOptions.Default, ChaosOptions.Quick),
        Run("kill-node", "Kills one of two nodes, then the other.", KillNodeRun.RunAsync, ChaosOptions.Cluster, ChaosOptions.ClusterQuick),
        Run("kill-redis", "Kills Redis under two nodes.", KillRedisRun.RunAsync, ChaosOptions.Cluster, ChaosOptions.ClusterQuick),
        Run("kill-database", "Kills the database under two nodes.", KillDatabaseRun.RunAsync, ChaosOptions.Cluster, ChaosOptions.ClusterQuick),
        Run("freeze-node", "Freezes one of two nodes for 20 s.", FreezeNodeRun.RunAsync, ChaosOptions.Cluster with { Disturbances = 1 }, ChaosOptions.ClusterQuick),
        Run("rolling-restart", "Restarts two nodes in turn, as an upgrade does.", RollingRestartRun.RunAsync, ChaosOptions.Cluster, ChaosOptions.ClusterQuick),
        Run("slow-clients", "Hundreds of members of a group stop reading.", SlowClientsRun.RunAsync, ChaosOptions.SlowClients, ChaosOptions.SlowClients with { Bystanders = 30 }),
        Run("storm", "Thousands of clients lose their connection at once, and come back.", StormRun.RunAsync, ChaosOptions.Storm, ChaosOptions.Storm with { Crowd = 500 }),
    };

    private static Command Run(
        string name, string description, Func<ChaosOptions, RunOutput, CancellationToken, Task<ChaosReport>> run,
        ChaosOptions defaults, ChaosOptions quickDefaults)
    {
        var quick = new Option<bool>("--quick") { Description = "A small load and few blows: under 20 seconds." };
        var pairs = new Option<int?>("--pairs") { Description = "Pairs of users." };
        var groups = new Option<int?>("--groups") { Description = "Groups." };
        var size = new Option<int?>("--group-size") { Description = "Members of a group." };
        var times = new Option<int?>("--times") { Description = "How often it is broken." };
        var calm = new Option<double?>("--calm") { Description = "Seconds of load before each blow, and after the last." };
        var interval = new Option<double?>("--send-interval") { Description = "Milliseconds between one user's messages, on average." };

        var command = new Command(name, description) { quick, pairs, groups, size, times, calm, interval };
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            var options = arguments.GetValue(quick) ? quickDefaults : defaults;
            options = options with
            {
                Pairs = arguments.GetValue(pairs) ?? options.Pairs,
                Groups = arguments.GetValue(groups) ?? options.Groups,
                GroupSize = arguments.GetValue(size) ?? options.GroupSize,
                Disturbances = arguments.GetValue(times) ?? options.Disturbances,
                CalmBefore = arguments.GetValue(calm) is { } seconds ? TimeSpan.FromSeconds(seconds) : options.CalmBefore,
                SendInterval = arguments.GetValue(interval) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : options.SendInterval,
            };
            var report = await WithinAsync(TimeLimit, token => run(options, output, token), cancellationToken);
            Print(output, report);
            return report.Passed;
        });
        return command;
    }

    private static async Task<ChaosReport> WithinAsync(
        TimeSpan limit, Func<CancellationToken, Task<ChaosReport>> run, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        try
        {
            return await run(limited.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested && limited.IsCancellationRequested)
        {
            throw new BenchException($"The run had not ended after {limit.TotalSeconds} s.", exception);
        }
    }

    private static void Print(RunOutput output, ChaosReport report)
    {
        output.Line(
            $"{report.Calm.Clients:N0} clients ({report.Calm.NeverReconnected:N0} never reconnected); {report.Calm.NeededFinalSync:N0} had not everything by themselves, "
            + $"the slowest of the others after {report.Calm.SlowestSeconds:N2} s; longest away {report.LongestAwaySeconds:N1} s; acknowledged after {report.Acknowledgements.P50Ms:N0} / {report.Acknowledgements.P99Ms:N0} / {report.Acknowledgements.MaxMs:N0} ms (p50 / p99 / most)");
        output.Line(
            $"{report.Acknowledged:N0} messages acknowledged, {report.Repeated:N0} sends repeated, {report.Syncs:N0} syncs, {report.Resyncs:N0} times told to; "
            + $"{report.ConnectionsMade:N0} connections made, {report.ConnectionsLost:N0} lost, {report.ConnectsFailed:N0} refused");
        foreach (var (what, value) in report.Figures) output.Line(string.Create(CultureInfo.InvariantCulture, $"{what}: {value:N1}"));
        foreach (var (code, count) in report.Errors) output.Line($"answered {code}: {count:N0} calls");
        CheckTable.Print(output, report.Check);
        foreach (var failure in report.Failures) output.Line($"FAILURE: {failure}");
        output.Result(report);
    }
}
