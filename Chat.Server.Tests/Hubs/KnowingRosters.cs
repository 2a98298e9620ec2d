using Chat.Data;
using Chat.Data.Chats;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Hubs;

/// <summary>The roster cache: uses keep their order, news is not lost, nothing is kept for ever.</summary>
[TestFixture]
public sealed class KnowingRosters
{
    private const long Chat = 5;

    private ManualTime _time = null!;
    private Reader _reader = null!;
    private RosterCache _cache = null!;

    [SetUp]
    public void SetUp()
    {
        _time = new ManualTime();
        _reader = new Reader();
        _cache = new RosterCache(_reader, _time, new RosterCacheOptions(Lifetime: TimeSpan.FromMinutes(5), IdleTime: TimeSpan.FromMinutes(10)));
    }

    [TearDown]
    public void TearDown() => _cache.Dispose();

    [Test]
    public async Task A_roster_is_read_once_for_all_who_wait_and_then_known()
    {
        var waiting = Enumerable.Range(0, 10).Select(_ => _cache.GetAsync(Chat)).ToList();
        Assert.That(_reader.Pending, Has.Count.EqualTo(1));
        _reader.Answer(version: 1);
        Assert.That((await Task.WhenAll(waiting)).Select(r => r!.Version), Is.All.EqualTo(1));
        Assert.That(_cache.GetAsync(Chat).IsCompletedSuccessfully, Is.True, "known: at once");
        Assert.That(_reader.Reads, Is.EqualTo(1));
    }

    [Test]
    public async Task Uses_that_wait_run_in_the_order_in_which_they_came_and_before_those_that_come_later()
    {
        var order = new List<int>();
        var uses = Enumerable.Range(0, 100).Select(i => UseAsync(order, i)).ToList();
        _reader.Answer(version: 1);
        uses.Add(UseAsync(order, 100));
        await Task.WhenAll(uses);
        Assert.That(order, Is.EqualTo(Enumerable.Range(0, 101)));
    }

    [Test]
    public async Task Uses_keep_their_order_whatever_happens_to_the_roster_meanwhile()
    {
        var reader = new InstantReader();
        using var cache = new RosterCache(reader, TimeProvider.System, RosterCacheOptions.Default);
        using var done = new CancellationTokenSource();
        var forgetting = Task.Run(() =>
        {
            while (!done.IsCancellationRequested) cache.Invalidate(Chat);
        });
        var order = new List<int>();
        var uses = new List<Task<int>>();
        for (var i = 0; i < 20_000; i++)
        {
            var number = i;
            uses.Add(cache.UseAsync(Chat, _ =>
            {
                lock (order) order.Add(number);
                return Task.FromResult(number);
            }));
        }
        await Task.WhenAll(uses).OrDeadline();
        await done.CancelAsync();
        await forgetting;
        Assert.That(order, Is.EqualTo(Enumerable.Range(0, 20_000)));
    }

    [Test]
    public async Task What_changes_while_it_is_being_read_is_read_again_and_everybody_sees_the_new_one()
    {
        var first = _cache.GetAsync(Chat);
        _cache.Invalidate(Chat);
        var second = _cache.GetAsync(Chat);
        _reader.Answer(version: 1);
        Assert.That(first.IsCompleted || second.IsCompleted, Is.False, "what was read may be the old one");
        _reader.Answer(version: 2);
        Assert.That(new[] { (await first)!.Version, (await second)!.Version }, Is.All.EqualTo(2));
        Assert.That(_reader.Reads, Is.EqualTo(2));
    }

    [Test]
    public async Task What_was_forgotten_is_read_again_at_the_next_use_and_not_before()
    {
        await KnowAsync(version: 1);
        _cache.Invalidate(Chat);
        Assert.That(_reader.Reads, Is.EqualTo(1));
        var next = _cache.GetAsync(Chat);
        _reader.Answer(version: 2);
        Assert.That((await next)!.Version, Is.EqualTo(2));
        Assert.DoesNotThrow(() => _cache.Invalidate(999));
    }

    [Test]
    public async Task A_failed_reading_fails_those_who_wait_and_the_next_one_tries_again()
    {
        var waiting = new[] { _cache.GetAsync(Chat), _cache.GetAsync(Chat) };
        _reader.Fail(new DataUnavailableException(new IOException()));
        foreach (var use in waiting) Assert.ThrowsAsync<DataUnavailableException>(() => use);
        await KnowAsync(version: 1);
    }

    [Test]
    public async Task A_use_that_throws_harms_only_itself()
    {
        var bad = _cache.UseAsync<int>(Chat, _ => throw new NotSupportedException());
        var good = _cache.UseAsync(Chat, roster => Task.FromResult(roster!.Version));
        _reader.Answer(version: 1);
        Assert.ThrowsAsync<NotSupportedException>(() => bad);
        Assert.That(await good, Is.EqualTo(1));
    }

    [Test]
    public async Task A_chat_that_does_not_exist_is_asked_for_each_time()
    {
        var missing = _cache.GetAsync(Chat);
        _reader.AnswerNothing();
        Assert.That(await missing, Is.Null);
        await KnowAsync(version: 1);
    }

    [Test]
    public async Task A_roster_is_read_again_after_its_lifetime()
    {
        await KnowAsync(version: 1);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.That((await _cache.GetAsync(Chat))!.Version, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromTicks(1));
        var next = _cache.GetAsync(Chat);
        _reader.Answer(version: 2);
        Assert.That((await next)!.Version, Is.EqualTo(2));
    }

    [Test]
    public async Task The_age_counts_from_the_beginning_of_the_reading()
    {
        var first = _cache.GetAsync(Chat);
        _time.Advance(TimeSpan.FromMinutes(4));
        _reader.Answer(version: 1);
        await first;
        _time.Advance(TimeSpan.FromMinutes(2));
        _ = _cache.GetAsync(Chat);
        Assert.That(_reader.Pending, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_nobody_uses_is_dropped_and_what_is_in_use_stays()
    {
        _cache.StartSweeping();
        await KnowAsync(version: 1);
        var other = _cache.GetAsync(6);
        _reader.Answer(version: 1);
        await other;
        for (var minute = 0; minute < 12; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            if (!_cache.GetAsync(6).IsCompleted) _reader.Answer(version: 1);
        }
        Assert.That(_cache.Count, Is.EqualTo(1));
        await KnowAsync(version: 2);
    }

    [Test]
    public async Task What_is_being_read_is_not_dropped()
    {
        _cache.StartSweeping();
        var waiting = _cache.GetAsync(Chat);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(_cache.Count, Is.EqualTo(1));
        _reader.Answer(version: 1);
        Assert.That((await waiting)!.Version, Is.EqualTo(1));
    }

    private async Task KnowAsync(long version)
    {
        var use = _cache.GetAsync(Chat);
        _reader.Answer(version);
        Assert.That((await use)!.Version, Is.EqualTo(version));
    }

    private Task<int> UseAsync(List<int> order, int number) => _cache.UseAsync(Chat, _ =>
    {
        order.Add(number);
        return Task.FromResult(number);
    });

    /// <summary>Answers when the test says so. Whoever awaits runs on, on the test's thread.</summary>
    private sealed class Reader : IRosterReader
    {
        public Queue<(long ChatId, TaskCompletionSource<Roster?> Answer)> Pending { get; } = new();

        public int Reads { get; private set; }

        public Task<Roster?> GetAsync(long chatId, CancellationToken cancellationToken)
        {
            Reads++;
            var answer = new TaskCompletionSource<Roster?>();
            Pending.Enqueue((chatId, answer));
            return answer.Task;
        }

        public void Answer(long version)
        {
            var (chatId, answer) = Pending.Dequeue();
            answer.SetResult(Seed.Believed(chatId, "group", 1, 2) with { Version = version });
        }

        public void AnswerNothing() => Pending.Dequeue().Answer.SetResult(null);

        public void Fail(Exception exception) => Pending.Dequeue().Answer.SetException(exception);

        public Task<IReadOnlyList<long>> ListGroupIdsAsync(long userId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ILookup<long, long>> ListGroupIdsAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<long>> ListPresentAsync(long chatId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class InstantReader : IRosterReader
    {
        public async Task<Roster?> GetAsync(long chatId, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return Seed.Believed(chatId, "group", 1);
        }

        public Task<IReadOnlyList<long>> ListGroupIdsAsync(long userId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ILookup<long, long>> ListGroupIdsAsync(IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<long>> ListPresentAsync(long chatId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
