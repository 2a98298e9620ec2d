using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Messages;

/// <summary>Which of the work that waits in a lane may go, given what is under way in it.</summary>
[TestFixture]
public sealed class WhoMayGoInALane
{
    private const int MaxWaiting = 100;
    private const long A = 1, B = 2, C = 3;

    private static readonly AppenderLimits Limits = new(Transactions: 4, MaxBatch: 20, MaxBatchBytes: 1_000, MaxWaiting: MaxWaiting);

    private LaneQueue _queue = new(Limits);

    [SetUp]
    public void Empty() => _queue = new LaneQueue(Limits);

    [Test]
    public void All_that_waits_goes_together()
    {
        Add(A, B, A, C);
        Assert.That(Chats(_queue.Take()), Is.EqualTo(new[] { A, B, A, C }));
        Assert.That(_queue.Waiting, Is.Zero);
        Assert.That(_queue.Take(), Is.Null);
    }

    [Test]
    public void Another_chat_does_not_wait_for_the_one_under_way()
    {
        Add(A);
        _queue.Take();
        Add(A, B, A, C);
        Assert.That(Chats(_queue.Take()), Is.EqualTo(new[] { B, C }));
        Assert.That(_queue.Waiting, Is.EqualTo(2), "what waits for its chat waits");
        Assert.That(_queue.Take(), Is.Null);
    }

    [Test]
    public void What_waited_for_its_chat_goes_before_what_came_later()
    {
        Add(A);
        var first = _queue.Take()!;
        var (second, third, fourth) = (Message(A), Message(A), Message(A));
        Add(second, third);
        Add(B);
        var beside = _queue.Take()!;
        Assert.That(Chats(beside), Is.EqualTo(new[] { B }));
        Add(fourth);
        _queue.Done(beside);
        Assert.That(_queue.Take(), Is.Null);
        _queue.Done(first);
        Assert.That(_queue.Take()!.Messages, Is.EqualTo(new[] { second, third, fourth }));
    }

    [Test]
    public void While_many_are_under_way_all_wait_and_then_go_together()
    {
        Add([.. Enumerable.Range(10, LaneQueue.Few).Select(chat => (long)chat)]);
        var many = _queue.Take()!;
        Add(A, B);
        Assert.That(_queue.MayTake, Is.False);
        Assert.That(_queue.Take(), Is.Null);
        Add(C);
        _queue.Done(many);
        Assert.That(Chats(_queue.Take()), Is.EqualTo(new[] { A, B, C }));
    }

    [Test]
    public void After_a_transaction_of_many_a_few_go_alone_and_what_comes_meanwhile_goes_together()
    {
        Add([.. Enumerable.Range(10, LaneQueue.Few).Select(chat => (long)chat)]);
        _queue.Done(_queue.Take()!);
        Add(1);
        var few = _queue.Take()!;
        Add(2, 3);
        Assert.That(_queue.MayTake, Is.False);
        _queue.Done(few);
        Assert.That(_queue.Take()!.Count, Is.EqualTo(2));
        Add(4);
        Assert.That(_queue.MayTake, Is.True, "few again");
    }

    [Test]
    public void Where_few_come_after_many_they_do_not_wait_for_ever()
    {
        Add([.. Enumerable.Range(10, LaneQueue.Few).Select(chat => (long)chat)]);
        var many = _queue.Take()!;
        Add(A);
        Assert.That(_queue.IsGathering, Is.False, "many are under way");
        _queue.Done(many);
        Assert.That(_queue.IsGathering, Is.False, "it may go");
        _queue.Take();
        Assert.That(_queue.IsGathering, Is.False, "nothing waits");
        Add(A);
        Assert.That((_queue.IsGathering, _queue.MayTake), Is.EqualTo((true, false)));
        Add(B);
        _queue.StopGathering();
        Assert.That(_queue.IsGathering, Is.False);
        Assert.That(Chats(_queue.Take()), Is.EqualTo(new[] { B }));
    }

    [Test]
    public void There_are_no_more_transactions_than_allowed()
    {
        var turns = new List<LaneTurn>();
        for (var chat = 10; chat < 10 + Limits.Transactions; chat++)
        {
            Add(chat);
            turns.Add(_queue.Take()!);
        }
        Add(A);
        Assert.That(_queue.Take(), Is.Null);
        _queue.Done(turns[2]);
        Assert.That(Chats(_queue.Take()), Is.EqualTo(new[] { A }));
    }

    [Test]
    public void A_change_goes_alone_and_in_its_place()
    {
        var change = Change(A);
        Add(A);
        var before = _queue.Take()!;
        Add(change);
        Add(A, B);
        Assert.That(Chats(_queue.Take()), Is.EqualTo(new[] { B }), "of another chat");
        _queue.Done(before);
        var turn = _queue.Take()!;
        Assert.That(turn.Change, Is.SameAs(change));
        Assert.That(turn.Messages, Is.Empty);
        Assert.That(_queue.Take(), Is.Null, "what came after it waits for it");
        _queue.Done(turn);
        Assert.That(Chats(_queue.Take()), Is.EqualTo(new[] { A }));
    }

    [Test]
    public void A_change_ends_the_batch_before_it()
    {
        Add(A);
        Add(Change(B));
        Add(C);
        Assert.That(Chats(_queue.Take()), Is.EqualTo(new[] { A }));
        Assert.That(_queue.Take()!.Change, Is.Not.Null);
        Assert.That(Chats(_queue.Take()), Is.EqualTo(new[] { C }));
    }

    [Test]
    public void What_waits_for_its_chat_counts_as_waiting()
    {
        Add(A);
        _queue.Take();
        Add([.. Enumerable.Repeat(A, MaxWaiting)]);
        Assert.That(_queue.Take(), Is.Null);
        Assert.That(_queue.TryAdd(Message(B)), Is.False);
        Assert.That(_queue.IsEmpty, Is.False);
    }

    [Test]
    public void Whatever_comes_and_ends_each_chat_has_one_turn_at_a_time_and_its_order()
    {
        var random = new Random(17);
        var sent = new Dictionary<long, List<PendingWork>>();
        var done = new Dictionary<long, List<PendingWork>>();
        var underWay = new List<LaneTurn>();
        for (var step = 0; step < 20_000 || !_queue.IsEmpty; step++)
        {
            // Busy and idle hours, one after the other.
            var busy = step / 500 % 2 == 0;
            if (step < 20_000 && random.Next(busy ? 2 : 5) == 0)
            {
                var chat = random.Next(1, 12);
                PendingWork work = random.Next(20) == 0 ? Change(chat) : Message(chat, length: random.Next(200));
                if (_queue.TryAdd(work)) sent.Of(chat).Add(work);
            }
            if (random.Next(busy ? 6 : 2) == 0 && underWay.Count > 0)
            {
                var turn = underWay[random.Next(underWay.Count)];
                underWay.Remove(turn);
                foreach (var work in Work(turn)) done.Of(work.ChatId).Add(work);
                _queue.Done(turn);
            }
            if (_queue.Take() is { } next)
            {
                Assert.That(underWay.SelectMany(turn => turn.ChatIds).Intersect(next.ChatIds), Is.Empty);
                Assert.That(next.Count, Is.InRange(1, Limits.MaxBatch));
                underWay.Add(next);
                Assert.That(underWay, Has.Count.LessThanOrEqualTo(Limits.Transactions));
            }
        }
        foreach (var (chat, all) in sent) Assert.That(done.Of(chat), Is.EqualTo(all));
    }

    private void Add(params long[] chats) => Add([.. chats.Select(chat => Message(chat))]);

    private void Add(params PendingWork[] work)
    {
        foreach (var one in work) Assert.That(_queue.TryAdd(one));
    }

    private static IEnumerable<long>? Chats(LaneTurn? turn) => turn?.Messages.Select(message => message.ChatId);

    private static IEnumerable<PendingWork> Work(LaneTurn turn) => turn.Change is { } change ? [change] : turn.Messages;

    private static PendingMessage Message(long chat, int length = 4) =>
        new(Seed.Believed(chat, "group", 1, 2).Message(1, new string('x', length)));

    private static PendingChange<int> Change(long chat) => new(chat, [], (_, _) => Task.FromResult(new Change<int>(0, [], [])));
}

file static class ByChat
{
    public static List<PendingWork> Of(this Dictionary<long, List<PendingWork>> all, long chat)
    {
        if (!all.TryGetValue(chat, out var own)) all.Add(chat, own = []);
        return own;
    }
}
