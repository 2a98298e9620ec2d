using Chat.Server.Realtime.Redis;

namespace Chat.Server.Tests.Cluster;

/// <summary>A node numbers what it tells; the others see by that what they missed, and what they have already.</summary>
[TestFixture]
internal sealed class NumbersOfEntries
{
    private const ulong Other = 7;

    private readonly NodeWatch _watch = new(TimeProvider.System, TimeSpan.FromSeconds(6));

    [SetUp]
    public void Begin()
    {
        _watch.Ended(Other);
        _watch.Saw(Other, first: 100, count: 10);
    }

    [Test]
    public void Who_is_heard_for_the_first_time_has_not_been_missed() =>
        Assert.That(new NodeWatch(TimeProvider.System, TimeSpan.FromSeconds(6)).Saw(Other, first: 100, count: 10), Is.EqualTo(new Arrival(0, 0)));

    // What follows 100 to 109.
    [TestCase(110, 5, 0, 0, TestName = "The next ones")]
    [TestCase(110, 0, 0, 0, TestName = "A heartbeat when nothing was missed")]
    [TestCase(113, 0, 3, 0, TestName = "A heartbeat that tells of a loss")]
    [TestCase(113, 5, 3, 0, TestName = "A gap")]
    [TestCase(100, 10, 0, 10, TestName = "The same once more")]
    [TestCase(108, 5, 0, 2, TestName = "Some again, and new ones")]
    [TestCase(50, 5, 0, 5, TestName = "Late ones, which counted as missed")]
    [TestCase(100, 0, 0, 0, TestName = "A heartbeat once more")]
    public void Arrivals(long first, int count, long missed, int repeated) =>
        Assert.That(_watch.Saw(Other, first, count), Is.EqualTo(new Arrival(missed, repeated)));

    [Test]
    public void What_is_repeated_does_not_set_the_count_back()
    {
        _watch.Saw(Other, first: 100, count: 10);
        Assert.That(_watch.Saw(Other, first: 110, count: 1), Is.EqualTo(new Arrival(0, 0)));
    }
}
