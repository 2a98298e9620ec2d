using Chat.Bench.Output;
using Chat.Bench.Workloads.Chaos;
using NUnit.Framework;

namespace Chat.Server.Tests.Bench;

/// <summary>The chaos runs of the bench, in their small form.</summary>
[NonParallelizable]
public sealed class ChaosTests
{
    [Test, CancelAfter(120_000)]
    public Task A_killed_server_loses_and_doubles_nothing(CancellationToken cancellationToken) =>
        MustPassAsync(KillServerRun.RunAsync, ChaosOptions.Quick, cancellationToken);

    [Test, CancelAfter(120_000)]
    public Task A_database_that_goes_away_and_comes_back_loses_and_doubles_nothing(CancellationToken cancellationToken) =>
        MustPassAsync(RestartDatabaseRun.RunAsync, ChaosOptions.Quick, cancellationToken);

    [Test, CancelAfter(120_000)]
    public Task Of_two_nodes_one_is_killed_and_nothing_is_lost_and_nobody_stays_online(CancellationToken cancellationToken) =>
        MustPassAsync(KillNodeRun.RunAsync, ChaosOptions.ClusterQuick, cancellationToken);

    [Test, CancelAfter(120_000)]
    public Task Redis_is_killed_under_two_nodes_and_everybody_comes_together_again(CancellationToken cancellationToken) =>
        MustPassAsync(KillRedisRun.RunAsync, ChaosOptions.ClusterQuick, cancellationToken);

    private static async Task MustPassAsync(
        Func<ChaosOptions, RunOutput, CancellationToken, Task<ChaosReport>> run, ChaosOptions options, CancellationToken cancellationToken)
    {
        var report = await run(options, RunOutput.To(TestContext.Out), cancellationToken);
        Assert.That(report.Passed, string.Join('\n', [.. report.Failures, .. report.Check.Violations.Select(v => v.ToString())]));
    }
}
