using Chat.Data;
using Chat.Data.Channels;
using Chat.Data.Messages;
using Chat.Data.Receipts;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Channels;

/// <summary>Views of posts are gathered, and stored in time.</summary>
[TestFixture]
public sealed class CountingViews : DatabaseFixture
{
    private const int Posts = 150;

    private long _channel;

    [OneTimeSetUp]
    public async Task MakeChannel()
    {
        var owner = (await Database.UsersAsync(1))[0];
        await using var appender = new MessageAppender(
            Database.Database, new RecordingObserver(), new AppenderLimits(), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance);
        var (change, _) = await new ChannelRepository(Database.Database, appender, TimeProvider.System).CreateAsync(
            owner, Guid.NewGuid(), new NewChannel("News", null, null, false), CancellationToken.None);
        _channel = change.ChatId;
        var roster = await Database.RosterAsync(_channel);
        await Task.WhenAll(Enumerable.Range(0, Posts).Select(_ => appender.AppendAsync(roster.Message(owner).AsPost(null))));
    }

    [SetUp]
    public Task Forget() => Database.ExecuteAsync("UPDATE channel_posts SET views = 0");

    [Test]
    public async Task What_waits_is_stored_when_its_time_has_come()
    {
        var time = new ManualTime();
        await using var counter = Counter(time);
        counter.Viewed([new ViewedMessages(_channel, 2, 4), new ViewedMessages(_channel, 3, 3), new ViewedMessages(_channel + 1, 1, 9)]);
        Assert.That(await ViewsAsync(), Is.Empty);
        await Deadline.UntilAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(2));
            return (await ViewsAsync()).SequenceEqual([(2, 1), (3, 2), (4, 1)]);
        }, "the views are stored");
        Assert.That(counter.Waiting, Is.Zero);
    }

    [Test]
    public async Task What_waits_when_a_node_stops_is_stored()
    {
        await using (var counter = Counter()) counter.Viewed([new ViewedMessages(_channel, 2, 2)]);
        Assert.That(await ViewsAsync(), Is.EqualTo(new[] { (2L, 1L) }));
    }

    [Test]
    public async Task A_mark_that_jumps_counts_for_the_newest_hundred()
    {
        await using (var counter = Counter()) counter.Viewed([new ViewedMessages(_channel, 1, Posts + 1)]);
        var views = await ViewsAsync();
        Assert.That(views, Has.Count.EqualTo(100));
        Assert.That((views[0].MessageId, views[^1].MessageId), Is.EqualTo((Posts + 2L - 100, Posts + 1L)));
    }

    [Test]
    public async Task More_than_may_wait_is_not_counted()
    {
        await using var counter = Counter(limits: new ViewLimits(TimeSpan.FromMinutes(1), MaxWaiting: 3));
        counter.Viewed([new ViewedMessages(_channel, 2, 9)]);
        counter.Viewed([new ViewedMessages(_channel, 2, 9)]);
        Assert.That(counter.Waiting, Is.EqualTo(3));
    }

    [Test]
    public async Task Many_nodes_that_store_at_once_lose_nothing()
    {
        var counters = Enumerable.Range(0, 4).Select(_ => Counter()).ToList();
        foreach (var counter in counters)
            for (var i = 0; i < 5; i++) counter.Viewed([new ViewedMessages(_channel, 2, 60)]);
        await Task.WhenAll(counters.Select(counter => counter.DisposeAsync().AsTask()));
        Assert.That((await ViewsAsync()).Select(v => v.Views), Is.EqualTo(Enumerable.Repeat(20L, 59)));
    }

    [Test]
    public async Task While_the_database_is_away_views_wait()
    {
        await using var away = ChatDatabase.Create("Server=127.0.0.1;Port=1;User ID=x;Password=x;Database=x;Connection Timeout=1");
        var counter = new ViewCounter(away, new ViewLimits(TimeSpan.FromMilliseconds(50)), TestMetrics.Data(), TimeProvider.System, NullLogger<ViewCounter>.Instance);
        counter.Viewed([new ViewedMessages(_channel, 2, 3)]);
        await counter.DisposeAsync();
        Assert.That(counter.Waiting, Is.EqualTo(2), "none was dropped");
    }

    private ViewCounter Counter(TimeProvider? time = null, ViewLimits? limits = null) => new(
        Database.Database, limits ?? new ViewLimits(), TestMetrics.Data(), time ?? TimeProvider.System, NullLogger<ViewCounter>.Instance);

    private async Task<IReadOnlyList<(long MessageId, long Views)>> ViewsAsync() =>
        await Database.ListAsync<(long, long)>("SELECT message_id, views FROM channel_posts WHERE views > 0 ORDER BY message_id");
}
