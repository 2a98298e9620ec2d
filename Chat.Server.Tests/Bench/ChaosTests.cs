using Chat.Bench.Output;
using Chat.Bench.Workloads.Chaos;
using NUnit.Framework;

namespace Chat.Server.Tests.Bench;

/// <summary>The chaos runs of the bench, in their small form.</summary>
[NonParallelizable]
public sealed class ChaosTests
{
    [Test, CancelAfter(120_000)]
    public async Task A_killed_server_loses_and_doubles_nothing(CancellationToken cancellationToken)
    {
        var report = await KillServerRun.RunAsync(ChaosOptions.Quick, RunOutput.To(TestContext.Out), cancellationToken);
        Assert.That(report.Passed, string.Join('\n', [.. report.Failures, .. report.Check.Violations.Select(v => v.ToString())]));
    }

    [Test, CancelAfter(120_000)]
    public async Task A_database_that_goes_away_and_comes_back_loses_and_doubles_nothing(CancellationToken cancellationToken)
    {
        var report = await RestartDatabaseRun.RunAsync(ChaosOptions.Quick, RunOutput.To(TestContext.Out), cancellationToken);
        Assert.That(report.Passed, string.Join('\n', [.. report.Failures, .. report.Check.Violations.Select(v => v.ToString())]));
    }
}
