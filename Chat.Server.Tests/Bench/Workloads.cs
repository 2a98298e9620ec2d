using Chat.Bench.Comparing;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Group;
using Chat.Bench.Workloads.Pairs;
using NUnit.Framework;

namespace Chat.Server.Tests.Bench;

/// <summary>The load runs of the bench in their small form: each works against each kind of server, and finds the product consistent.</summary>
[NonParallelizable]
public sealed class Workloads
{
    private static readonly PairsOptions SmallPairs = PairsOptions.Default with
    {
        Pairs = 5, WarmUp = TimeSpan.FromMilliseconds(500), Measure = TimeSpan.FromSeconds(2),
    };

    private static readonly GroupOptions SmallGroup = GroupOptions.Default with
    {
        Online = 20, WarmUp = TimeSpan.FromMilliseconds(500), Measure = TimeSpan.FromSeconds(2),
    };

    private static readonly RunOutput Output = RunOutput.To(TestContext.Out);

    private PrivateDatabase _instance = null!;

    [OneTimeSetUp]
    public async Task StartDatabase() => _instance = await PrivateDatabase.StartAsync(bufferPool: null, CancellationToken.None);

    [OneTimeTearDown]
    public async Task StopDatabase() => await _instance.DisposeAsync();

    [Test, CancelAfter(60_000)]
    public async Task Pairs_with_receipts(CancellationToken cancellationToken)
    {
        var result = await RunAsync(
            ServerKind.Product, server => PairsRun.RunAsync(server, SmallPairs with { Receipts = true }, Output, cancellationToken), cancellationToken);
        Assert.Multiple(() =>
        {
            Assert.That(result.Check?.Passed, Is.True);
            Assert.That(CheckedBy(result, Chat.Bench.Checker.CheckRules.MarksForward), Is.Positive, "answers to marks were compared");
            Assert.That(result[Figures.MessagesPerSecond], Is.Positive);
            Assert.That(result[Figures.ReadP50] >= result[Figures.ReceiveP50], "a message is read after it came");
            Assert.That(result[Figures.AllocatedBytes], Is.GreaterThan(100), "counted by the server's runtime");
            Assert.That(result[Figures.ServerCpu], Is.Positive);
        });
    }

    [Test, CancelAfter(60_000)]
    public async Task Pairs_with_receipts_on_the_floor(CancellationToken cancellationToken)
    {
        var result = await RunAsync(
            ServerKind.Floor, server => PairsRun.RunAsync(server, SmallPairs with { Receipts = true }, Output, cancellationToken), cancellationToken);
        Assert.That(result[Figures.ReadP50], Is.Positive);
    }

    [Test, CancelAfter(60_000)]
    public async Task Paced(CancellationToken cancellationToken)
    {
        const int rate = 100;
        var result = await RunAsync(
            ServerKind.Product, server => PairsRun.RunAsync(server, SmallPairs with { Rate = rate }, Output, cancellationToken), cancellationToken);
        Assert.Multiple(() =>
        {
            Assert.That(result.Passed);
            Assert.That(result[Figures.MessagesPerSecond], Is.Positive.And.LessThan(rate * 2));
            Assert.That(result[Figures.PacerLateP99], Is.Not.Null);
        });
    }

    [Test, CancelAfter(60_000)]
    public async Task A_group_with_members_offline(CancellationToken cancellationToken)
    {
        var result = await RunAsync(
            ServerKind.Product, server => GroupRun.RunAsync(server, SmallGroup with { Offline = 1_500 }, Output, cancellationToken), cancellationToken);
        Assert.Multiple(() =>
        {
            Assert.That(result.Check?.Passed, Is.True);
            Assert.That(CheckedBy(result, Chat.Bench.Checker.CheckRules.PushedInOrder), Is.Positive);
            Assert.That(CheckedBy(result, Chat.Bench.Checker.CheckRules.MarksBounded), Is.EqualTo(SmallGroup.Online + 1_500), "the members");
            Assert.That(result[Figures.DeliveriesPerSecond], Is.Positive);
        });
    }

    [TestCase(ServerKind.Floor)]
    [TestCase(ServerKind.Naive)]
    [CancelAfter(60_000)]
    public async Task A_group_on_the_others(ServerKind kind, CancellationToken cancellationToken)
    {
        var result = await RunAsync(kind, server => GroupRun.RunAsync(server, SmallGroup, Output, cancellationToken), cancellationToken);
        Assert.That(result.Passed && result[Figures.DeliveriesPerSecond] > 0);
    }

    [Test, CancelAfter(120_000)]
    public async Task A_comparison(CancellationToken cancellationToken)
    {
        var result = await Comparison.RunAsync(
            Plans.Pairs(SmallPairs, rounds: 1), _instance, new Dictionary<string, string>(), Output, cancellationToken);
        Assert.Multiple(() =>
        {
            Assert.That(result.Passed);
            Assert.That(result.Contestants.Keys, Is.EqualTo(new[] { Plans.Product, Plans.Naive, Plans.Floor }));
            Assert.That(result.Ratios[Plans.Floor].Median, Is.Positive);
        });
    }

    private async Task<RunResult> RunAsync(ServerKind kind, Func<ServerUnderTest, Task<RunResult>> run, CancellationToken cancellationToken)
    {
        await using var server = await ServerUnderTest.StartAsync(
            kind, _instance, $"chat_{TestContext.CurrentContext.Test.ID.Replace('-', '_')}", settings: null, cancellationToken);
        return await run(server);
    }

    private static long CheckedBy(RunResult result, string rule) =>
        result.Check!.Checked.SingleOrDefault(r => r.Rule == rule)?.Count ?? 0;
}
