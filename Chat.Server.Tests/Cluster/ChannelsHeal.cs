using System.Diagnostics;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Cluster;

/// <summary>What happens between Redis and a node: whatever it is, it is noticed, costs nobody on the node anything, and heals by itself.</summary>
[TestFixture]
internal sealed class ChannelsHeal
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(0.3);

    private readonly List<IAsyncDisposable> _started = [];
    private TestRedis _redis = null!;

    [OneTimeSetUp]
    public async Task StartRedis() => _redis = await TestRedis.StartAsync();

    [OneTimeTearDown]
    public async Task StopRedis()
    {
        if (_redis is not null) await _redis.DisposeAsync();
    }

    [TearDown]
    public async Task StopNodes()
    {
        await _redis.ThawAsync();
        _started.Reverse();
        foreach (var started in _started) await started.DisposeAsync();
        _started.Clear();
    }

    [Test]
    public async Task Subscriptions_that_are_killed_are_made_again_and_what_was_missed_is_known()
    {
        var (here, there) = await TwoNodesAsync();
        var losses = Hearing.LossesOf(there.Channels!.Push);
        await using var admin = await ConnectAsync(_redis.ConnectionString);

        await admin.Database!.ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
        here.Channels!.Push.Send(PushEntry.Command(PushKind.Applied, 0).Entry);

        await Hearing.BothWaysAsync(here, there, within: new RedisOptions().Heartbeat * 3);
        await losses.WaitForCountAsync(1);
    }

    [Test]
    public async Task A_frozen_Redis_delays_nobody_on_the_node_and_what_waits_for_it_is_bounded()
    {
        const int MaxQueuedBytes = 1024 * 1024;
        var options = NewOptions() with { MaxQueuedBytes = MaxQueuedBytes };
        var here = await StartNodeAsync(_redis.ConnectionString, options);
        var there = await StartNodeAsync(_redis.ConnectionString, options);
        await using var near = new ProbeConnection();
        await here.Manager.OnConnectedAsync(near.Context);
        await here.Manager.AddToGroupAsync(near.Id, "tea");
        var losses = Hearing.LossesOf(there.Channels!.Push);
        var text = new string('x', 10_000);
        await _redis.FreezeAsync();

        // Until its connections have been given up, and far more than may wait.
        var start = Stopwatch.GetTimestamp();
        var sent = 0;
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10))
        {
            var sending = here.Manager.SendGroupAsync("tea", "Say", [text]);
            Assert.That(sending.IsCompletedSuccessfully);
            await near.Heard.WaitForCountAsync(++sent);
            if (sent % 50 == 0) await Task.Delay(50);
        }
        Assert.That(here.Channels!.IsHealthy, Is.False);
        Assert.That(here.Metrics.LostEntries, Is.Not.Zero);

        await _redis.ThawAsync();
        await Hearing.BothWaysAsync(here, there);
        await losses.WaitForCountAsync(1);
        await here.Manager.OnDisconnectedAsync(near.Context);
    }

    [Test]
    public async Task Redis_that_comes_after_the_nodes_is_found()
    {
        await using var late = await TestRedis.StartAsync();
        await late.KillAsync();
        var options = NewOptions() with { StartTimeout = TimeSpan.FromSeconds(0.2) };
        var here = await StartNodeAsync(late.ConnectionString, options, hears: false);
        var there = await StartNodeAsync(late.ConnectionString, options, hears: false);
        Assert.That(here.Channels!.IsHealthy, Is.False);

        await late.RestartAsync();

        await Hearing.BothWaysAsync(here, there);
        await StopNodes();
    }

    [Test]
    public async Task An_entry_that_cannot_be_handled_harms_no_other_and_counts_as_lost()
    {
        var (here, there) = await TwoNodesAsync();
        var losses = Hearing.LossesOf(there.Channels!.Push);
        await using var far = new ProbeConnection();
        await there.Manager.OnConnectedAsync(far.Context);
        await there.Manager.AddToGroupAsync(far.Id, "tea");

        // They share a message, or go in several: either way the one between is bad.
        await here.Manager.SendGroupAsync("tea", "Say", ["before"]);
        here.Channels!.Push.Send(new byte[] { (byte)PushKind.Groups });
        await here.Manager.SendGroupAsync("tea", "Say", ["after"]);

        await far.Heard.WaitForAsync(text => text == "after");
        Assert.That(far.Heard.All, Is.EqualTo(new[] { "before", "after" }));
        await Deadline.UntilAsync(() => losses.Count > 0, "the loss is told");
        await there.Manager.OnDisconnectedAsync(far.Context);
    }

    private async Task<(TestNode Here, TestNode There)> TwoNodesAsync()
    {
        var options = NewOptions();
        var (here, there) = (await StartNodeAsync(_redis.ConnectionString, options), await StartNodeAsync(_redis.ConnectionString, options));
        await Hearing.BothWaysAsync(here, there);
        return (here, there);
    }

    private async Task<TestNode> StartNodeAsync(string redis, RedisOptions options, bool hears = true)
    {
        var node = await TestNode.OverRedisAsync(redis, options, hears);
        _started.Add(node);
        return node;
    }

    private static RedisOptions NewOptions() => new() { KeyPrefix = TestRedis.NewPrefix(), Heartbeat = Heartbeat };

    private static async Task<RedisConnection> ConnectAsync(string redis)
    {
        var connection = new RedisConnection(redis, NullLogger<RedisConnection>.Instance);
        await connection.ConnectAsync();
        return connection;
    }
}
