using Chat.Data.Chats;
using Chat.Data.Receipts;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Database;

/// <summary>The contract of the receipt writer, over the real database.</summary>
[TestFixture]
public sealed class StoringReceipts : DatabaseFixture
{
    private IReadOnlyList<long> _users = [];

    [OneTimeSetUp]
    public async Task MakeUsers() => _users = await Database.UsersAsync(20);

    [Test]
    public async Task Marks_in_any_order_through_two_nodes_end_at_the_highest()
    {
        var chat = await ChatAsync(messages: 300);
        await using var one = Writer();
        await using var two = Writer(node: 1);
        var random = new Random(4711);
        var marks = _users.SelectMany(user => Enumerable.Range(0, 50).Select(_ => new Mark(chat.ChatId, user, random.Next(1, 301), random.Next(2) == 0))).ToArray();
        random.Shuffle(marks);

        var results = await Task.WhenAll(marks.Select((mark, i) => (i % 2 == 0 ? one : two).MarkAsync(mark)));

        for (var i = 0; i < marks.Length; i++)
        {
            Assert.That(results[i].DeliveredUpTo, Is.AtLeast(marks[i].UpTo), "a mark is in force when it is answered");
            if (marks[i].Read) Assert.That(results[i].ReadUpTo, Is.AtLeast(marks[i].UpTo));
        }
        foreach (var user in _users)
        {
            var own = marks.Where(m => m.UserId == user).ToList();
            Assert.That(await PositionAsync(chat, user), Is.EqualTo((own.Max(m => m.UpTo), own.Where(m => m.Read).Select(m => m.UpTo).DefaultIfEmpty().Max())));
        }
    }

    [Test]
    public async Task Marks_that_come_late_move_nothing_back()
    {
        var chat = await ChatAsync(messages: 10);
        await using var writer = Writer();
        foreach (var (upTo, read, expected) in new[]
        {
            (5, false, (5L, 0L)), (3, false, (5, 0)), (4, true, (5, 4)), (2, true, (5, 4)), (8, true, (8, 8)), (8, true, (8, 8)), (7, false, (8, 8)), (10, false, (10, 8)),
        })
        {
            var result = await writer.MarkAsync(new Mark(chat.ChatId, _users[0], upTo, read));
            Assert.That((result.DeliveredUpTo, result.ReadUpTo), Is.EqualTo(expected));
            Assert.That(await PositionAsync(chat, _users[0]), Is.EqualTo(expected));
        }
    }

    [Test]
    public async Task Every_advance_and_nothing_else_is_recorded()
    {
        var chat = await ChatAsync(messages: 10);
        var time = new ManualTime(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var advanced = new List<AdvancedReceipt>();
        await using var writer = Writer(advanced.AddRange, time: time);
        foreach (var (upTo, read) in new[] { (3, false), (3, false), (2, false), (2, true), (5, true), (5, false), (1, true) })
        {
            await writer.MarkAsync(new Mark(chat.ChatId, _users[0], upTo, read));
            time.Advance(TimeSpan.FromMinutes(1));
        }
        var rows = await Database.ListAsync<StatusRow>(
            "SELECT status, message_id, status_updated_at FROM message_status WHERE chat_id = @ChatId ORDER BY status_updated_at, status, message_id",
            new { chat.ChatId });
        Assert.That(rows.Select(r => (r.Status, r.MessageId, r.StatusUpdatedAt.Minute)), Is.EqualTo(new[]
        {
            ("delivered", 3L, 0), ("read", 2L, 3), ("delivered", 5L, 4), ("read", 5L, 4),
        }));
        Assert.That(advanced, Is.EqualTo(new AdvancedReceipt[]
        {
            new(chat.ChatId, _users[0], 3, 0), new(chat.ChatId, _users[0], 3, 2), new(chat.ChatId, _users[0], 5, 5),
        }));
    }

    [Test]
    public async Task Marks_that_wait_together_cost_one_step()
    {
        var chat = await ChatAsync(messages: 100);
        var advanced = new List<AdvancedReceipt>();
        await using var writer = Writer(advanced.AddRange);
        Task<MarkedPosition> first;
        List<Task<MarkedPosition>> rest;
        await using (await HeldLock.OnParticipantAsync(Database, chat.ChatId, _users[0]))
        {
            first = writer.MarkAsync(new Mark(chat.ChatId, _users[0], 1, Read: false));
            await Deadline.UntilAsync(() => writer.Waiting == 0, "the lane took the first mark");
            rest = [.. Enumerable.Range(1, 100).Select(i => writer.MarkAsync(new Mark(chat.ChatId, _users[0], i, Read: true)))];
        }
        await first;
        var results = await Task.WhenAll(rest).OrDeadline();
        Assert.That(results.Select(r => (r.Outcome, r.DeliveredUpTo, r.ReadUpTo)), Is.All.EqualTo((MarkOutcome.Advanced, 100L, 100L)));
        Assert.That(await Database.ScalarAsync<long>("SELECT COUNT(*) FROM message_status WHERE chat_id = @ChatId", new { chat.ChatId }), Is.EqualTo(3));
        Assert.That(advanced, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_mark_beyond_the_last_message_is_refused_and_its_neighbours_are_not()
    {
        var chat = await ChatAsync(messages: 3);
        await using var writer = Writer();
        var results = await Task.WhenAll(
            writer.MarkAsync(new Mark(chat.ChatId, _users[0], 4, Read: true)),
            writer.MarkAsync(new Mark(chat.ChatId, _users[0], 3, Read: false)),
            writer.MarkAsync(new Mark(chat.ChatId, _users[1], 2, Read: false)));
        Assert.That(results.Select(r => r.Outcome), Is.EqualTo(new[] { MarkOutcome.BeyondLastMessage, MarkOutcome.Advanced, MarkOutcome.Advanced }));
        Assert.That(await PositionAsync(chat, _users[0]), Is.EqualTo((3L, 0L)));
    }

    [Test]
    public async Task Who_is_not_in_the_chat_is_refused()
    {
        var chat = await ChatAsync(messages: 3, members: _users.Take(5));
        await Database.ExecuteAsync(
            "UPDATE chat_participants SET left_at = joined_at WHERE chat_id = @ChatId AND user_id = @UserId", new { chat.ChatId, UserId = _users[1] });
        var before = await Database.PictureAsync();
        await using var writer = Writer();
        var results = await Task.WhenAll(
            writer.MarkAsync(new Mark(chat.ChatId, _users[10], 1, Read: true)),
            writer.MarkAsync(new Mark(chat.ChatId, _users[1], 1, Read: true)),
            writer.MarkAsync(new Mark(987_654_321, _users[0], 1, Read: true)));
        Assert.That(results.Select(r => r.Outcome), Is.All.EqualTo(MarkOutcome.NotAParticipant));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_mark_waits_neither_for_a_send_nor_for_other_chats()
    {
        await using var database = await TestDatabase.CreateAsync();
        var users = await database.UsersAsync(3);
        var busy = await database.GroupAsync(users);
        var free = await database.GroupAsync(users);
        await database.MessagesAsync(busy.ChatId, users[0], 3);
        await database.MessagesAsync(free.ChatId, users[0], 3);
        await using var writer = new ReceiptWriter(database.Database, _ => { }, new ReceiptLimits(Lanes: 1), TestMetrics.Data(), TimeProvider.System);

        await using var send = await HeldLock.OnChatAsync(database, busy.ChatId);
        await using var otherMark = await HeldLock.OnParticipantAsync(database, busy.ChatId, users[2]);
        await Task.WhenAll(
            writer.MarkAsync(new Mark(busy.ChatId, users[0], 3, Read: true)),
            writer.MarkAsync(new Mark(free.ChatId, users[0], 3, Read: true)),
            writer.MarkAsync(new Mark(free.ChatId, users[2], 3, Read: true))).WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Test]
    public async Task The_largest_batch_that_may_be_configured()
    {
        const int Largest = 2000;
        var chats = new List<Roster>();
        for (var i = 0; i < Largest / _users.Count; i++) chats.Add(await ChatAsync(messages: 1));
        var advanced = new List<int>();
        await using var writer = Writer(batch => advanced.Add(batch.Count), new ReceiptLimits(Lanes: 1, MaxBatch: Largest));
        List<Task<MarkedPosition>> marks;
        await using (await HeldLock.OnParticipantAsync(Database, chats[0].ChatId, _users[0]))
        {
            marks = [writer.MarkAsync(new Mark(chats[0].ChatId, _users[0], 1, Read: false))];
            await Deadline.UntilAsync(() => writer.Waiting == 0, "the lane took the first mark");
            marks.AddRange(chats.SelectMany(c => _users.Select(u => writer.MarkAsync(new Mark(c.ChatId, u, 1, Read: true)))));
        }
        var results = await Task.WhenAll(marks).OrDeadline();
        Assert.That(results.Skip(1).Select(r => (r.DeliveredUpTo, r.ReadUpTo)), Is.All.EqualTo((1L, 1L)));
        Assert.That(advanced, Is.EqualTo(new[] { 1, Largest }));
        Assert.That(
            await Database.ScalarAsync<long>(
                "SELECT COUNT(*) FROM chat_participants WHERE read_up_to = 1 AND delivered_up_to = 1 AND chat_id IN @ids", new { ids = chats.Select(c => c.ChatId) }),
            Is.EqualTo(Largest));
    }

    [Test]
    public async Task A_full_queue_refuses_and_a_stopping_writer_stores_what_waits()
    {
        var chat = await ChatAsync(messages: 10);
        var writer = Writer(limits: new ReceiptLimits(Lanes: 1, MaxWaiting: 3));
        List<Task<MarkedPosition>> marks;
        ValueTask stopping;
        await using (await HeldLock.OnParticipantAsync(Database, chat.ChatId, _users[0]))
        {
            marks = [writer.MarkAsync(new Mark(chat.ChatId, _users[0], 1, Read: false))];
            await Deadline.UntilAsync(() => writer.Waiting == 0, "the lane took the first mark");
            marks.AddRange(Enumerable.Range(2, 4).Select(i => writer.MarkAsync(new Mark(chat.ChatId, _users[0], i, Read: false))));
            Assert.That(marks[4].Exception?.InnerException, Is.InstanceOf<ReceiptsBusyException>());
            stopping = writer.DisposeAsync();
            Assert.ThrowsAsync<ReceiptsBusyException>(() => writer.MarkAsync(new Mark(chat.ChatId, _users[0], 9, Read: false)));
        }
        await stopping;
        Assert.That(await PositionAsync(chat, _users[0]), Is.EqualTo((4L, 0L)));
    }

    [Test]
    public async Task Who_got_and_read_a_message_and_when()
    {
        var chat = await ChatAsync(messages: 10, members: _users.Take(4));
        var time = new ManualTime(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var writer = Writer(time: time);
        async Task MarkAsync(int minute, int user, long upTo, bool read)
        {
            time.Now = new DateTimeOffset(2026, 3, 1, 12, minute, 0, TimeSpan.Zero);
            await writer.MarkAsync(new Mark(chat.ChatId, _users[user], upTo, read));
        }
        await MarkAsync(1, user: 1, upTo: 4, read: false);
        await MarkAsync(2, user: 1, upTo: 6, read: false);
        await MarkAsync(3, user: 1, upTo: 5, read: true);
        await MarkAsync(4, user: 1, upTo: 9, read: true);
        await MarkAsync(5, user: 2, upTo: 7, read: true);
        await Database.ExecuteAsync(
            "UPDATE chat_participants SET visible_from = 8 WHERE chat_id = @ChatId AND user_id = @UserId", new { chat.ChatId, UserId = _users[3] });

        var reader = new MessageInfoRepository(Database.Database);
        async Task<IEnumerable<(long UserId, int? Delivered, int? Read)>> InfoAsync(long messageId) =>
            (await reader.ListAsync(chat.ChatId, messageId, _users[0], CancellationToken.None)).Select(r => (r.UserId, r.DeliveredAt?.Minute, r.ReadAt?.Minute));
        Assert.Multiple(() =>
        {
            Assert.That(InfoAsync(4).Result, Is.EqualTo(new (long, int?, int?)[] { (_users[1], 1, 3), (_users[2], 5, 5) }), "who joined later is not asked");
            Assert.That(InfoAsync(6).Result, Is.EqualTo(new (long, int?, int?)[] { (_users[1], 2, 4), (_users[2], 5, 5) }));
            Assert.That(InfoAsync(9).Result, Is.EqualTo(new (long, int?, int?)[] { (_users[1], 4, 4), (_users[2], null, null), (_users[3], null, null) }));
            Assert.That(reader.FindAsync(chat.ChatId, 4, _users[3], CancellationToken.None).Result, Is.Null, "from before one joined");
            Assert.That(reader.FindAsync(chat.ChatId, 8, _users[3], CancellationToken.None).Result?.SenderId, Is.EqualTo(_users[0]));
            Assert.That(reader.FindAsync(chat.ChatId, 11, _users[0], CancellationToken.None).Result, Is.Null);
            Assert.That(reader.FindAsync(chat.ChatId, 4, _users[9], CancellationToken.None).Result, Is.Null);
        });
    }

    private ReceiptWriter Writer(
        Action<IReadOnlyList<AdvancedReceipt>>? advanced = null, ReceiptLimits? limits = null, TimeProvider? time = null, int node = 0) =>
        new(Database.DatabaseAt(node), advanced ?? (_ => { }), limits ?? new ReceiptLimits(), TestMetrics.Data(), time ?? TimeProvider.System);

    private async Task<Roster> ChatAsync(int messages, IEnumerable<long>? members = null)
    {
        var chat = await Database.GroupAsync(members ?? _users);
        await Database.MessagesAsync(chat.ChatId, _users[0], messages);
        return chat;
    }

    private async Task<(long Delivered, long Read)> PositionAsync(Roster chat, long userId)
    {
        var row = (await Database.ListAsync<PositionRow>(
            "SELECT delivered_up_to, read_up_to FROM chat_participants WHERE chat_id = @ChatId AND user_id = @userId", new { chat.ChatId, userId })).Single();
        return (row.DeliveredUpTo, row.ReadUpTo);
    }

    private sealed record PositionRow(long DeliveredUpTo, long ReadUpTo);

    private sealed record StatusRow(string Status, long MessageId, DateTime StatusUpdatedAt);
}
