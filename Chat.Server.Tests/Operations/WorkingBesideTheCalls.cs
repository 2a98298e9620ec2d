using Chat.Server.Hosting;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Operations;

/// <summary>What a node has to do beside its calls is done a little at a time.</summary>
[TestFixture]
public sealed class WorkingBesideTheCalls
{
    private readonly List<(double At, int Items)> _done = [];
    private ManualTime _time = null!;
    private DateTimeOffset _start;

    [SetUp]
    public void Begin()
    {
        _time = new ManualTime();
        _start = _time.Now;
        _done.Clear();
    }

    [Test]
    public async Task Pieces_are_spread_evenly_over_the_time()
    {
        var work = SpreadAsync(items: 50);
        while (!work.IsCompleted) _time.Advance(TimeSpan.FromMilliseconds(100));
        await work;
        Assert.That(_done, Is.EqualTo(new[] { (0.0, 20), (0.4, 20), (0.8, 10) }));
    }

    [Test]
    public async Task Without_a_rest_where_the_work_takes_longer_than_the_time()
    {
        await SpreadAsync(items: 60, eachTakes: TimeSpan.FromSeconds(2));
        Assert.That(_done, Is.EqualTo(new[] { (2.0, 20), (4.0, 20), (6.0, 20) }));
    }

    [Test]
    public async Task What_is_little_is_done_at_once_and_nothing_is_nothing()
    {
        await SpreadAsync(items: 3);
        await SpreadAsync(items: 0);
        Assert.That(_done, Is.EqualTo(new[] { (0.0, 3) }));
    }

    [Test]
    public void A_piece_that_fails_ends_the_turn_and_so_does_a_node_that_stops()
    {
        Assert.ThrowsAsync<InvalidOperationException>(() => PeriodicWork.SpreadAsync(
            [1, 2], 1, TimeSpan.FromSeconds(1), _time, _ => throw new InvalidOperationException(), CancellationToken.None));
        using var stopping = new CancellationTokenSource();
        var work = PeriodicWork.SpreadAsync([1, 2], 1, TimeSpan.FromSeconds(1), _time, _ => Task.CompletedTask, stopping.Token);
        stopping.Cancel();
        Assert.CatchAsync<OperationCanceledException>(() => work);
    }

    private Task SpreadAsync(int items, TimeSpan eachTakes = default) => PeriodicWork.SpreadAsync(
        Enumerable.Range(0, items).ToList(), atOnce: 20, TimeSpan.FromSeconds(1), _time, some =>
        {
            _time.Now += eachTakes;
            _done.Add(((_time.Now - _start).TotalSeconds, some.Length));
            return Task.CompletedTask;
        }, CancellationToken.None);
}
