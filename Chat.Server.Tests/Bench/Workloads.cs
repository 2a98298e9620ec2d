using System.Xml.Linq;
using Chat.Bench.Checker;
using Chat.Bench.Comparing;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Connect;
using Chat.Bench.Workloads.Group;
using Chat.Bench.Workloads.History;
using Chat.Bench.Workloads.Idle;
using Chat.Bench.Workloads.Pairs;
using Chat.Bench.Workloads.Start;
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
            Assert.That(CheckedBy(result, CheckRules.MarksForward), Is.Positive, "answers to marks were compared");
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
    public async Task A_channel_with_readers_offline(CancellationToken cancellationToken)
    {
        var result = await RunAsync(
            ServerKind.Product, server => GroupRun.RunAsync(server, SmallGroup with { Offline = 1_500, Channel = true }, Output, cancellationToken), cancellationToken);
        Assert.That(result.Check!.Violations, Is.Empty);
        Assert.That(CheckedBy(result, CheckRules.AcknowledgedStored), Is.Positive);
        Assert.That(CheckedBy(result, CheckRules.MarksBounded), Is.EqualTo(SmallGroup.Online + 1_500), "those in it");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_group_with_members_offline(CancellationToken cancellationToken)
    {
        var result = await RunAsync(
            ServerKind.Product, server => GroupRun.RunAsync(server, SmallGroup with { Offline = 1_500 }, Output, cancellationToken), cancellationToken);
        Assert.Multiple(() =>
        {
            Assert.That(result.Check?.Passed, Is.True);
            Assert.That(CheckedBy(result, CheckRules.PushedInOrder), Is.Positive);
            Assert.That(CheckedBy(result, CheckRules.MarksBounded), Is.EqualTo(SmallGroup.Online + 1_500), "the members");
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

    [TestCase(ServerKind.Product)]
    [TestCase(ServerKind.Floor)]
    [CancelAfter(60_000)]
    public async Task Idle_connections(ServerKind kind, CancellationToken cancellationToken)
    {
        var options = new IdleOptions(Connections: 100, ChatsPerUser: 5, AtOnce: 8, Hold: TimeSpan.FromMilliseconds(200));
        var result = await RunAsync(kind, server => IdleRun.RunAsync(server, options, Output, cancellationToken), cancellationToken);
        Assert.Multiple(() =>
        {
            Assert.That(result.Passed);
            Assert.That(result[Figures.Connections], Is.EqualTo(100));
            Assert.That(result[Figures.KibibytesPerConnection], Is.Not.Null, "of so few connections it may be anything");
            Assert.That(result[Figures.HeapKibibytesPerConnection], Is.Not.Null);
            if (kind is ServerKind.Product) Assert.That(CheckedBy(result, CheckRules.AcknowledgedStored), Is.EqualTo(5), "one message to each group");
        });
    }

    [TestCase(ServerKind.Product)]
    [TestCase(ServerKind.Floor)]
    [CancelAfter(60_000)]
    public async Task People_coming_back(ServerKind kind, CancellationToken cancellationToken)
    {
        var options = new ConnectOptions(Users: 20, ChatsPerUser: 5, Lagging: 2, AtOnce: 4, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(5));
        var result = await RunAsync(kind, server => ConnectRun.RunAsync(server, options, Output, cancellationToken), cancellationToken);
        Assert.That(result[Figures.ConnectsPerSecond], Is.Positive);
    }

    [Test, CancelAfter(60_000)]
    public async Task Starting(CancellationToken cancellationToken)
    {
        var result = await RunAsync(ServerKind.Floor, server => StartRun.RunAsync(server, runs: 1, Output, cancellationToken), cancellationToken);
        Assert.That(result[Figures.FirstCall] > result[Figures.Started] && result[Figures.Started] > 0, "a call takes a connection more than an answer");
    }

    [Test, CancelAfter(60_000)]
    public async Task Growth(CancellationToken cancellationToken)
    {
        var options = HistoryOptions.Growth with { Sizes = [10_000], Rounds = 1, CallsPerRound = 20 };
        var result = await HistoryRun.RunAsync(options, Output, cancellationToken);
        var chart = XDocument.Parse(GrowthChart.Draw(result));
        Assert.Multiple(() =>
        {
            Assert.That(result.Passed);
            Assert.That(result.Operations.Select(o => o.Sizes.Single().Latency.Count), Is.All.EqualTo(20));
            Assert.That(chart.Descendants().Count(e => e.Name.LocalName == "polyline"), Is.EqualTo(result.Operations.Count));
        });
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
        var runs = new TargetRuns(new Dictionary<string, ComparisonResult> { [result.Name] = result }, Growth: null);
        var outcomes = Targets.All.Select(target => target.Judge(runs)).ToDictionary(o => o.Name);
        Assert.Multiple(() =>
        {
            Assert.That(outcomes["pairs"].Value, Is.EqualTo(result.Ratios[Plans.Floor].Median));
            Assert.That(outcomes["pairs"].Met, Is.EqualTo(outcomes["pairs"].Value >= 0.5));
            Assert.That(outcomes["group"].Met, Is.Null, "it was not measured");
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
