using Chat.Data;
using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>The contract of the append lanes, over the real database; two appenders stand for two nodes.</summary>
[TestFixture]
public sealed partial class AppendingMessages : DatabaseFixture
{
    private IReadOnlyList<long> _users = [];

    [OneTimeSetUp]
    public async Task MakeUsers() => _users = await Database.UsersAsync(10);

    [Test]
    public async Task Many_writers_on_three_nodes_make_one_numbering()
    {
        const int Writers = 50;
        const int PerWriter = 40;
        var chats = new List<Roster>();
        for (var i = 0; i < 5; i++) chats.Add(await Database.GroupAsync(_users));
        var observers = Enumerable.Range(0, 3).Select(_ => new RecordingObserver()).ToList();
        var nodes = observers.Select((o, node) => Appender(o, node: node)).ToList();

        var sent = (await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var own = new List<(long ChatId, Guid Id, long SenderId, AppendResult Result)>();
            for (var i = 0; i < PerWriter; i++)
            {
                var message = chats[(writer + i) % chats.Count].Message(_users[writer % _users.Count], $"{writer}/{i}");
                var result = await nodes[(writer + i) % nodes.Count].AppendAsync(message);
                own.Add((message.Roster.ChatId, message.ClientMessageId, message.SenderId, result));
            }
            return own;
        }))).SelectMany(s => s).ToList();
        foreach (var node in nodes) await node.DisposeAsync();

        foreach (var chat in chats)
        {
            var stored = await Database.StoredAsync(chat.ChatId);
            Assert.That(stored.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, Writers * PerWriter / chats.Count)));
            Assert.That(
                stored.Select(m => (m.MessageId, Id: m.ClientId(), m.SenderId, m.SentAt)),
                Is.EquivalentTo(sent.Where(s => s.ChatId == chat.ChatId).Select(s => (s.Result.MessageId, s.Id, s.SenderId, s.Result.SentAt))));
            Assert.That(await LastIdAsync(chat), Is.EqualTo(stored.Count));
        }
        Assert.That(sent.Select(s => s.Result.Outcome), Is.All.EqualTo(AppendOutcome.Stored));
        foreach (var observer in observers)
            foreach (var ofChat in observer.Messages.GroupBy(m => m.Row.ChatId))
                Assert.That(ofChat.Select(m => m.Row.MessageId), Is.Ordered, "reported in commit order");
        Assert.That(observers.Sum(o => o.Messages.Count), Is.EqualTo(sent.Count), "each reported once");
    }

    [Test]
    public async Task What_is_enqueued_in_order_is_stored_in_order()
    {
        var chat = await Database.GroupAsync(_users);
        var texts = Enumerable.Range(0, 500).Select(i => $"{i}").ToList();
        await using var appender = Appender(new RecordingObserver(), new AppenderLimits(MaxBatch: 7));
        var results = await Task.WhenAll(texts.Select(text => appender.AppendAsync(chat.Message(_users[0], text))));
        Assert.That(results.Select(r => r.MessageId), Is.EqualTo(Enumerable.Range(1, texts.Count)));
        Assert.That((await Database.StoredAsync(chat.ChatId)).Select(m => m.MessageText), Is.EqualTo(texts));
    }

    [Test]
    public async Task What_is_reported_is_what_is_stored()
    {
        var chat = await Database.GroupAsync(_users);
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        await appender.AppendAsync(chat.Message(_users[0], "👋 e\u0301"));
        var reported = observer.Messages.Single();
        var stored = (await Database.StoredAsync(chat.ChatId)).Single();
        Assert.Multiple(() =>
        {
            Assert.That(reported.Row with { ClientMessageId = stored.ClientMessageId }, Is.EqualTo(stored));
            Assert.That(reported.Row.ClientMessageId, Is.EqualTo(stored.ClientMessageId));
            Assert.That(reported.Roster, Is.SameAs(chat));
            Assert.That(reported.Origin, Is.EqualTo("connection"));
        });
    }

    [Test]
    public async Task A_full_queue_refuses_and_writes_nothing_of_what_it_refused()
    {
        var chat = await Database.GroupAsync(_users);
        await using var appender = Appender(new RecordingObserver(), new AppenderLimits(Lanes: 1, MaxWaiting: 5));
        List<Task<AppendResult>> sends;
        await using (await HeldLock.OnChatAsync(Database, chat.ChatId))
        {
            // The first is taken by the lane and waits for the lock; then the queue fills.
            var first = appender.AppendAsync(chat.Message(_users[0], "first"));
            await Deadline.UntilAsync(() => appender.Waiting == 0, "the lane took the first");
            sends = [first, .. Enumerable.Range(0, 8).Select(i => appender.AppendAsync(chat.Message(_users[0], $"{i}")))];
            Assert.That(sends.Skip(6).Select(s => s.Exception?.InnerException), Is.All.InstanceOf<AppenderBusyException>());
            Assert.ThrowsAsync<AppenderBusyException>(() =>
                appender.ChangeAsync(chat.ChatId, [], (_, _) => Task.FromResult(new Change<int>(1, [], []))));
        }
        await Task.WhenAll(sends.Take(6)).OrDeadline();
        Assert.That((await Database.StoredAsync(chat.ChatId)).Select(m => m.MessageText), Is.EqualTo(new[] { "first", "0", "1", "2", "3", "4" }));
    }

    [Test]
    public async Task A_stopping_appender_stores_what_waits_and_takes_no_more()
    {
        var chat = await Database.GroupAsync(_users);
        var appender = Appender(new RecordingObserver(), new AppenderLimits(MaxBatch: 10));
        var sends = Enumerable.Range(0, 100).Select(i => appender.AppendAsync(chat.Message(_users[0], $"{i}"))).ToList();
        var stopping = appender.DisposeAsync();
        Assert.ThrowsAsync<AppenderBusyException>(() => appender.AppendAsync(chat.Message(_users[0], "too late")));
        await stopping;
        Assert.That(sends.Select(s => s.IsCompletedSuccessfully), Is.All.True);
        Assert.That(await Database.StoredAsync(chat.ChatId), Has.Count.EqualTo(100));
    }

    [Test]
    public async Task A_batch_ends_at_its_bounds()
    {
        var chat = await Database.GroupAsync(_users);
        var observer = new BatchObserver();
        await using var appender = Appender(observer, new AppenderLimits(Lanes: 1, MaxBatch: 4, MaxBatchBytes: 10_000));
        var texts = new[] { 100, 100, 100, 100, 100, 6000, 3000, 2000, 20_000, 100 }.Select(length => new string('x', length)).ToList();
        await InOneBatchAsync(appender, chat, texts.Select(text => chat.Message(_users[0], text)));
        // Four by count; then 100 + 6000 + 3000 fit and 2000 more do not; 20,000 alone goes alone.
        Assert.That(observer.Batches.Select(b => b.Count), Is.EqualTo(new[] { 4, 3, 1, 1, 1 }));
        Assert.That((await Database.StoredAsync(chat.ChatId)).Select(m => m.MessageText), Is.EqualTo(texts));
    }

    [Test]
    public async Task A_change_keeps_its_place_among_the_messages()
    {
        var chat = await Database.GroupAsync(_users);
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        var before = Enumerable.Range(0, 20).Select(_ => appender.AppendAsync(chat.Message(_users[0]))).ToList();
        var change = appender.ChangeAsync(chat.ChatId, [], async (connection, transaction) =>
        {
            var last = await connection.ExecuteScalarAsync<long>(
                "SELECT last_message_id FROM chats WHERE chat_id = @ChatId FOR UPDATE", new { chat.ChatId }, transaction);
            return new Change<long>(last, [], []);
        });
        var after = Enumerable.Range(0, 20).Select(_ => appender.AppendAsync(chat.Message(_users[0]))).ToList();
        Assert.That(await change, Is.EqualTo(20));
        Assert.That((await Task.WhenAll(after)).Select(r => r.MessageId), Is.EqualTo(Enumerable.Range(21, 20)));
        await Task.WhenAll(before);
    }

    [Test]
    public async Task A_change_that_throws_changes_nothing_and_stops_nobody()
    {
        var chat = await Database.GroupAsync(_users);
        await using var appender = Appender(new RecordingObserver());
        Assert.ThrowsAsync<NotSupportedException>(() => appender.ChangeAsync<int>(chat.ChatId, [], async (connection, transaction) =>
        {
            await connection.ExecuteAsync("UPDATE chats SET chat_name = 'changed' WHERE chat_id = @ChatId", new { chat.ChatId }, transaction);
            throw new NotSupportedException();
        }));
        Assert.That(await Database.ScalarAsync<string>("SELECT chat_name FROM chats WHERE chat_id = @ChatId", new { chat.ChatId }), Is.EqualTo("A group"));
        Assert.That((await appender.AppendAsync(chat.Message(_users[0])).OrDeadline()).Outcome, Is.EqualTo(AppendOutcome.Stored));
    }

    [Test]
    public async Task A_lane_waits_for_no_chat_but_its_own()
    {
        // The table is small, and the batch holds most of it: a scan of the table would seem cheap, and lock it all.
        await using var database = await TestDatabase.CreateAsync();
        var users = await database.UsersAsync(2);
        var chats = new List<Roster>();
        for (var i = 0; i < 6; i++) chats.Add(await database.GroupAsync(users));
        await using var appender = new MessageAppender(
            database.Database, new RecordingObserver(), new AppenderLimits(Lanes: 1), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance);

        await using var held = await HeldLock.OnChatAsync(database, chats[2].ChatId);
        var free = chats.Where(c => c != chats[2]).ToList();
        for (var round = 0; round < 3; round++)
            await Task.WhenAll(free.Select(chat => appender.AppendAsync(chat.Message(users[0])))).WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Test]
    public async Task A_failing_observer_fails_no_send_and_stops_no_lane()
    {
        var chat = await Database.GroupAsync(_users);
        await RemoveAsync(chat, _users[9]);
        var observer = new RecordingObserver { OnReport = () => throw new NotSupportedException("an observer's fault") };
        await using var appender = Appender(observer, new AppenderLimits(Lanes: 1));
        for (var i = 1; i <= 3; i++)
        {
            // The roster is old, so that both reports are made: the roster's change and the message.
            var result = await appender.AppendAsync(chat.Message(_users[0])).WaitAsync(TimeSpan.FromSeconds(5));
            Assert.That(result.MessageId, Is.EqualTo(i));
        }
    }

    [Test]
    public async Task A_killed_connection_fails_the_batch_and_the_next_one_works()
    {
        var chat = await Database.GroupAsync(_users);
        await using var appender = Appender(new RecordingObserver(), new AppenderLimits(Lanes: 1));
        var message = chat.Message(_users[0], "in flight");
        Task<AppendResult> send;
        await using (await HeldLock.OnChatAsync(Database, chat.ChatId))
        {
            send = appender.AppendAsync(message);
            await Deadline.UntilAsync(() => HeldLock.KillWaitingForChatAsync(Database, chat.ChatId), "the lane waits for the lock, and its connection is killed");
            Assert.ThrowsAsync<Chat.Data.DataUnavailableException>(() => send.OrDeadline());
        }
        Assert.That((await appender.AppendAsync(message).OrDeadline()).MessageId, Is.EqualTo(1));
        Assert.That(await Database.StoredAsync(chat.ChatId), Has.Count.EqualTo(1));
    }

    private MessageAppender Appender(IAppendObserver observer, AppenderLimits? limits = null, int node = 0) =>
        new(Database.DatabaseAt(node), observer, limits ?? new AppenderLimits(), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance);

    /// <summary>
    /// Sends that wait together and then are taken together: a change that does nothing holds the lane until all are in the queue.
    /// </summary>
    private static async Task<AppendResult[]> InOneBatchAsync(MessageAppender appender, Roster chat, IEnumerable<NewMessage> messages)
    {
        var gate = new TaskCompletionSource();
        var holding = new TaskCompletionSource();
        var hold = appender.ChangeAsync(chat.ChatId, [], async (_, _) =>
        {
            holding.TrySetResult();
            await gate.Task;
            return new Change<int>(0, [], []);
        });
        await holding.Task.OrDeadline();
        var sends = messages.Select(appender.AppendAsync).ToList();
        gate.SetResult();
        await hold;
        return await Task.WhenAll(sends).OrDeadline();
    }

    private Task<int> RemoveAsync(Roster chat, long userId) =>
        Database.ExecuteAsync(
            """
            UPDATE chat_participants SET left_at = joined_at WHERE chat_id = @ChatId AND user_id = @userId;
            UPDATE chats SET roster_version = roster_version + 1 WHERE chat_id = @ChatId
            """,
            new { chat.ChatId, userId });

    private Task<long> LastIdAsync(Roster chat) =>
        Database.ScalarAsync<long>("SELECT last_message_id FROM chats WHERE chat_id = @ChatId", new { chat.ChatId });

    private sealed class BatchObserver : IAppendObserver
    {
        public Task MembersChangedAsync(long chatId, IReadOnlyList<long> userIds) => Task.CompletedTask;

        public List<IReadOnlyList<StoredMessage>> Batches { get; } = [];

        public void Committed(IReadOnlyList<StoredMessage> messages) => Batches.Add(messages);

        public void Changed(IReadOnlyList<MessageChange> changes)
        {
        }

        public void OutcomeUnknown(IReadOnlyCollection<long> chatIds)
        {
        }

        public Task RosterChangedAsync(long chatId) => Task.CompletedTask;
    }
}
