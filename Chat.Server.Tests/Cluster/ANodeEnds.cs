using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster;

/// <summary>What a node stored and had not told when it died, nobody tells any more: the others must ask for it. One that ends in order leaves nothing.</summary>
[TestFixture]
internal sealed class ANodeEnds
{
    private const ulong Other = 7;
    private static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(6);

    private ManualTime _time = new();
    private NodeWatch _watch = new(TimeProvider.System, GoneAfter);
    private long _start;

    [SetUp]
    public void Watch()
    {
        _time = new ManualTime();
        _watch = new NodeWatch(_time, GoneAfter);
        _start = _time.GetTimestamp();
        _watch.Saw(Other, first: 1, count: 1);
    }

    [Test]
    public void Silence_counts_once_and_again_after_the_node_has_spoken()
    {
        _time.Advance(GoneAfter / 2);
        Assert.That(_watch.TakeSilenced(_start), Is.Zero, "it may only be slow");
        _time.Advance(GoneAfter / 2);
        Assert.That(_watch.TakeSilenced(_start), Is.EqualTo(1));
        Assert.That(_watch.TakeSilenced(_start), Is.Zero);

        _watch.Saw(Other, first: 2, count: 1);
        _time.Advance(GoneAfter);
        Assert.That(_watch.TakeSilenced(_start), Is.EqualTo(1));
    }

    [Test]
    public void Who_ended_in_order_is_not_missed()
    {
        _watch.Ended(Other);
        _time.Advance(GoneAfter);
        Assert.That(_watch.TakeSilenced(_start), Is.Zero);
    }

    [Test]
    public void What_this_node_could_not_hear_is_nobodys_silence()
    {
        _time.Advance(GoneAfter);
        var hearingSince = _time.GetTimestamp();
        Assert.That(_watch.TakeSilenced(hearingSince), Is.Zero);
        _time.Advance(GoneAfter);
        Assert.That(_watch.TakeSilenced(hearingSince), Is.EqualTo(1), "it has not come back since");
    }

    [Test]
    public async Task A_node_that_dies_makes_the_others_look_for_what_it_did_not_tell()
    {
        var options = new RedisOptions { KeyPrefix = TestRedis.NewPrefix(), Heartbeat = TimeSpan.FromSeconds(0.2) };
        await using var stays = await TestNode.OverRedisAsync(TestRedis.Shared, options);
        await using var dies = await TestNode.OverRedisAsync(TestRedis.Shared, options);
        await Deadline.UntilAsync(() => stays.Channels!.News.LiveNodes.Count == 1 && stays.Channels.Push.LiveNodes.Count == 1, "the one hears the other");
        var (news, pushes) = (Lost(stays.Channels!.News), Lost(stays.Channels.Push));

        await dies.CrashAsync();

        await news.OrDeadline();
        await pushes.OrDeadline();
    }

    [Test]
    public async Task A_node_that_ends_in_order_says_so_after_all_that_it_had_to_say()
    {
        // Only the farewell can be noticed in time.
        var options = new RedisOptions { KeyPrefix = TestRedis.NewPrefix(), Heartbeat = TimeSpan.FromMinutes(1) };
        await using var stays = await TestNode.OverRedisAsync(TestRedis.Shared, options);
        var ends = await TestNode.OverRedisAsync(TestRedis.Shared, options);
        await Deadline.UntilAsync(() => stays.Channels!.News.LiveNodes.Count == 1, "the one hears the other");
        var heard = 0;
        stays.Channels!.News.Received += _ => Interlocked.Increment(ref heard);

        for (var i = 0; i < 1000; i++) ends.Channels!.News.Send(new byte[1000]);
        await ends.DisposeAsync();

        await Deadline.UntilAsync(() => stays.Channels.News.LiveNodes.Count == 0, "the other is known to have ended");
        Assert.That(heard, Is.EqualTo(1000));
    }

    private static Task Lost(NodeChannel channel)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.NewsLost += () => lost.TrySetResult();
        return lost.Task;
    }
}
