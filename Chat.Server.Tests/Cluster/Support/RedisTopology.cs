using Chat.Server.Features.Presence;
using Chat.Server.Realtime.Cluster;
using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>Two nodes over a Redis that is more than one server.</summary>
internal abstract class RedisTopology
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(0.3);

    protected TestNode Here { get; private set; } = null!;

    protected TestNode There { get; private set; } = null!;

    protected string ConnectionString { get; private set; } = "";

    protected RedisOptions Options { get; } = new() { KeyPrefix = TestRedis.NewPrefix(), Heartbeat = Heartbeat };

    /// <summary>Starts Redis.</summary>
    /// <returns>The connection string.</returns>
    protected abstract Task<string> StartRedisAsync();

    protected abstract ValueTask StopRedisAsync();

    [SetUp]
    public async Task Start()
    {
        ConnectionString = await StartRedisAsync();
        Here = await TestNode.OverRedisAsync(ConnectionString, Options);
        There = await TestNode.OverRedisAsync(ConnectionString, Options);
        await Hearing.BothWaysAsync(Here, There);
    }

    [TearDown]
    public async Task Stop()
    {
        if (Here is not null) await Here.DisposeAsync();
        if (There is not null) await There.DisposeAsync();
        await StopRedisAsync();
    }

    protected async Task EverythingArrivesInOrderAsync()
    {
        const int Count = 2_000;
        var losses = (Pushes: Hearing.LossesOf(There.Channels!.Push), News: Hearing.LossesOf(There.Channels.News));
        await using var far = new ProbeConnection();
        await There.Manager.OnConnectedAsync(far.Context);
        await There.Manager.AddToGroupAsync(far.Id, "tea");
        var news = new EventLog<ClusterNews>();
        new RedisClusterBus(There.Channels).Heard += news.Add;

        var bus = new RedisClusterBus(Here.Channels!);
        for (var i = 0; i < Count; i++)
        {
            await Here.Manager.SendGroupAsync("tea", "Say", [$"{i}"]);
            bus.Tell(new ClusterNews(ClusterNewsKinds.MembersChanged, i, []));
            // So that there are many messages, not few with many entries.
            if (i % 10 == 0) await Task.Yield();
        }

        Assert.That(await far.Heard.WaitForCountAsync(Count), Is.EqualTo(Enumerable.Range(0, Count).Select(i => $"{i}")));
        Assert.That((await news.WaitForCountAsync(Count)).Select(n => n.Id), Is.EqualTo(Enumerable.Range(0, Count)));
        Assert.That((losses.Pushes.Count, losses.News.Count), Is.EqualTo((0, 0)), "nothing was taken for lost");
        await There.Manager.OnDisconnectedAsync(far.Context);
    }

    /// <summary>
    /// Goes on pushing while something is done to Redis, until the nodes hear each other again. What never arrived must have been told as
    /// lost, and then it must be quiet: each telling sends all clients of a node to the database.
    /// </summary>
    protected async Task EveryGapIsToldAsync(Func<Task> fault)
    {
        await using var far = new ProbeConnection();
        await There.Manager.OnConnectedAsync(far.Context);
        await There.Manager.AddToGroupAsync(far.Id, "tea");
        var losses = Hearing.LossesOf(There.Channels!.Push);
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            var sent = 0;
            for (; !stop.IsCancellationRequested; sent++)
            {
                await Here.Manager.SendGroupAsync("tea", "Say", [$"{sent}"]);
                await tick.WaitForNextTickAsync();
            }
            return sent;
        });
        int sent;
        try
        {
            await far.Heard.WaitForCountAsync(1);
            await fault();
            await Hearing.BothWaysAsync(Here, There, TimeSpan.FromSeconds(20));
        }
        finally
        {
            // Also when it went wrong: what is sent on would reach the next test.
            await stop.CancelAsync();
            sent = await sending.OrDeadline();
        }
        await Hearing.BothWaysAsync(Here, There);

        var heard = far.Heard.All.Select(int.Parse).ToList();
        Assert.That(heard, Is.Ordered.And.Unique);
        if (heard.Count < sent) await losses.WaitForCountAsync(1);
        var told = losses.Count;
        await Task.Delay(Heartbeat * 5);
        Assert.That(losses.Count, Is.EqualTo(told), "it is told once");
        await There.Manager.OnDisconnectedAsync(far.Context);
    }

    /// <summary>Each of its scripts, with keys of several users; a cluster allows that only within one slot.</summary>
    protected async Task PresenceWorksAsync()
    {
        var presence = new PresenceOptions { Linger = TimeSpan.FromSeconds(0.1) };
        await using var redis = new RedisConnection(ConnectionString, NullLogger<RedisConnection>.Instance);
        await redis.ConnectAsync();
        var store = new RedisPresenceStore(redis, new RedisNames(Options), presence);
        var leases = Enumerable.Range(1, 20).Select(user => new PresenceLease(user, $"connection {user}")).ToList();

        Assert.That((await store.TouchAsync(leases)).UserIds, Is.EquivalentTo(leases.Select(lease => lease.UserId)));
        Assert.That((await store.FindOnlineAsync([1, 20, 21])).UserIds, Is.EquivalentTo(new[] { 1, 20 }));
        await store.EndAsync(leases[0]);
        await Deadline.UntilAsync(async () => (await store.SweepAsync()).Any(gone => gone.UserId == 1), "who left is told of");
        Assert.That((await store.FindOnlineAsync([1, 20])).UserIds, Is.EquivalentTo(new[] { 20 }));
    }
}
