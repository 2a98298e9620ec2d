using Chat.Data;
using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>The contract of the append lanes, over the real database; two appenders stand for two nodes.</summary>
[TestFixture]
public sealed class AppendingMessages : DatabaseFixture
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
    public async Task Doubles_in_one_batch()
    {
        var chat = await Database.GroupAsync(_users);
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        var (a, b) = (Guid.NewGuid(), Guid.NewGuid());
        Guid[] ids = [a, b, a, a, b];

        var results = await InOneBatchAsync(appender, chat, ids.Select((id, i) => chat.Message(_users[0], $"text {i}", id)));

        Assert.That(results.Select(r => r.MessageId), Is.EqualTo(new[] { 1, 2, 1, 1, 2 }));
        Assert.That(results.Select(r => r.Outcome), Is.EqualTo(new[]
        {
            AppendOutcome.Stored, AppendOutcome.Stored, AppendOutcome.Duplicate, AppendOutcome.Duplicate, AppendOutcome.Duplicate,
        }));
        Assert.That((await Database.StoredAsync(chat.ChatId)).Select(m => m.MessageText), Is.EqualTo(new[] { "text 0", "text 1" }));
        Assert.That(observer.Messages.Select(m => m.Row.MessageId), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public async Task A_repeat_does_not_harm_its_neighbours()
    {
        var chat = await Database.GroupAsync(_users);
        var other = await Database.GroupAsync(_users);
        await using var appender = Appender(new RecordingObserver(), new AppenderLimits(Lanes: 1, Transactions: 1));
        var first = chat.Message(_users[0], "first");
        var stored = await appender.AppendAsync(first);

        var results = await InOneBatchAsync(appender, chat,
            [chat.Message(_users[1], "before"), first, other.Message(_users[0], "elsewhere"), chat.Message(_users[2], "after"), first]);

        Assert.That(results.Select(r => (r.Outcome, r.MessageId)), Is.EqualTo(new[]
        {
            (AppendOutcome.Stored, 2L), (AppendOutcome.Duplicate, 1L), (AppendOutcome.Stored, 1L), (AppendOutcome.Stored, 3L), (AppendOutcome.Duplicate, 1L),
        }));
        Assert.That(results[1].SentAt, Is.EqualTo(stored.SentAt), "the first result, its time too");
        Assert.That((await Database.StoredAsync(chat.ChatId)).Select(m => m.MessageText), Is.EqualTo(new[] { "first", "before", "after" }));
        Assert.That((await Database.StoredAsync(other.ChatId)).Select(m => m.MessageText), Is.EqualTo(new[] { "elsewhere" }));
    }

    [Test]
    public async Task A_repeat_is_reported_again_as_it_was_stored()
    {
        var chat = await Database.GroupAsync(_users);
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        var message = chat.Message(_users[0], "the first text");
        await appender.AppendAsync(message);
        await appender.AppendAsync(message with { Text = "another text" });
        Assert.That(observer.Messages.Select(m => (m.Row.MessageId, m.Row.MessageText)), Is.EqualTo(new[] { (1L, "the first text"), (1L, "the first text") }));
    }

    [Test]
    public async Task A_repeat_is_reported_to_those_alone_who_may_see_it_by_now()
    {
        var chat = await Database.GroupAsync(_users.Take(3));
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        var message = chat.Message(_users[0], "before you came");
        await appender.AppendAsync(message);
        await Database.ExecuteAsync(
            "INSERT INTO chat_participants (chat_id, user_id, joined_at, visible_from) VALUES (@ChatId, @User, UTC_TIMESTAMP(6), 2)",
            new { chat.ChatId, User = _users[3] });
        await appender.AppendAsync(message);
        await Database.ExecuteAsync(
            "INSERT INTO hidden_messages (chat_id, user_id, message_id, hide_id) VALUES (@ChatId, @User, 1, 1)", new { chat.ChatId, User = _users[1] });
        await appender.AppendAsync(message);
        Assert.That(observer.Messages.Select(m => m.People), Is.EqualTo(new long[][] { [], [.. _users.Take(3)], [_users[0], _users[2]] }));

        await Database.ExecuteAsync("UPDATE chat_participants SET visible_from = 2 WHERE chat_id = @ChatId", new { chat.ChatId });
        Assert.That((await appender.AppendAsync(message)).Outcome, Is.EqualTo(AppendOutcome.Duplicate));
        Assert.That(observer.Messages, Has.Count.EqualTo(3), "nobody is told what nobody may see");
    }

    [Test]
    public async Task The_same_name_from_two_senders_or_in_two_chats_is_not_a_repeat()
    {
        var chat = await Database.GroupAsync(_users);
        var other = await Database.GroupAsync(_users);
        await using var appender = Appender(new RecordingObserver());
        var id = Guid.NewGuid();
        var results = await Task.WhenAll(
            appender.AppendAsync(chat.Message(_users[0], id: id)),
            appender.AppendAsync(chat.Message(_users[1], id: id)),
            appender.AppendAsync(other.Message(_users[0], id: id)));
        Assert.That(results.Select(r => r.Outcome), Is.All.EqualTo(AppendOutcome.Stored));
    }

    [Test]
    public async Task The_same_sends_through_two_nodes_at_once()
    {
        var chats = new List<Roster> { await Database.GroupAsync(_users), await Database.GroupAsync(_users) };
        await using var one = Appender(new RecordingObserver());
        await using var two = Appender(new RecordingObserver(), node: 1);

        // Each message goes through both, in opposite orders, so that each node is first for some.
        var messages = Enumerable.Range(0, 200).Select(i => chats[i % 2].Message(_users[i % 5], $"{i}")).ToList();
        var atOne = messages.Select(one.AppendAsync).ToList();
        var atTwo = Enumerable.Reverse(messages).Select(two.AppendAsync).ToList();
        var resultsOne = await Task.WhenAll(atOne);
        var resultsTwo = Enumerable.Reverse(await Task.WhenAll(atTwo)).ToList();

        for (var i = 0; i < messages.Count; i++)
        {
            Assert.That(resultsTwo[i].MessageId, Is.EqualTo(resultsOne[i].MessageId));
            Assert.That(resultsTwo[i].SentAt, Is.EqualTo(resultsOne[i].SentAt));
            Assert.That(new[] { resultsOne[i].Outcome, resultsTwo[i].Outcome }, Is.EquivalentTo(new[] { AppendOutcome.Stored, AppendOutcome.Duplicate }));
        }
        foreach (var chat in chats)
        {
            var stored = await Database.StoredAsync(chat.ChatId);
            Assert.That(stored.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, 100)));
            Assert.That(stored.Select(m => m.ClientId()), Is.EquivalentTo(messages.Where(m => m.Roster == chat).Select(m => m.ClientMessageId)));
        }
    }

    [Test]
    public async Task Who_was_removed_is_refused_though_the_node_does_not_know_yet()
    {
        var chat = await Database.GroupAsync(_users);
        await RemoveAsync(chat, _users[3]);
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);

        var results = await InOneBatchAsync(appender, chat, [chat.Message(_users[2], "stays"), chat.Message(_users[3], "is gone"), chat.Message(_users[4], "stays too")]);

        Assert.That(results.Select(r => (r.Outcome, r.MessageId)), Is.EqualTo(new[]
        {
            (AppendOutcome.Stored, 1L), (AppendOutcome.NotAParticipant, 0L), (AppendOutcome.Stored, 2L),
        }));
        Assert.That((await Database.StoredAsync(chat.ChatId)).Select(m => m.MessageText), Is.EqualTo(new[] { "stays", "stays too" }));
        Assert.That(observer.RostersChanged, Does.Contain(chat.ChatId), "the node is told");
        Assert.That(observer.Messages.Select(m => m.Row.MessageText), Is.EqualTo(new[] { "stays", "stays too" }));
    }

    [Test]
    public async Task Only_removed_senders_in_a_batch_write_nothing()
    {
        var chat = await Database.GroupAsync(_users);
        await RemoveAsync(chat, _users[3]);
        await using var appender = Appender(new RecordingObserver());
        var result = await appender.AppendAsync(chat.Message(_users[3]));
        Assert.That(result.Outcome, Is.EqualTo(AppendOutcome.NotAParticipant));
        Assert.That(await LastIdAsync(chat), Is.Zero);
        // Nothing is left open: somebody else can lock the chat.
        await using var held = await HeldLock.OnChatAsync(Database, chat.ChatId).OrDeadline();
    }

    [Test]
    public async Task Rosters_of_different_age_in_one_batch_are_checked_again()
    {
        var old = await Database.GroupAsync(_users);
        await RemoveAsync(old, _users[3]);
        var fresh = await Database.RosterAsync(old.ChatId);
        await using var appender = Appender(new RecordingObserver());
        var results = await InOneBatchAsync(appender, old, [fresh.Message(_users[0]), old.Message(_users[3]), old.Message(_users[1]), fresh.Message(_users[2])]);
        Assert.That(results.Select(r => r.Outcome), Is.EqualTo(new[]
        {
            AppendOutcome.Stored, AppendOutcome.NotAParticipant, AppendOutcome.Stored, AppendOutcome.Stored,
        }));
    }

    [Test]
    public async Task A_repeat_of_somebody_who_is_gone_is_refused()
    {
        var chat = await Database.GroupAsync(_users);
        await using var appender = Appender(new RecordingObserver());
        var message = chat.Message(_users[3], "before the removal");
        await appender.AppendAsync(message);
        await RemoveAsync(chat, _users[3]);
        Assert.That((await appender.AppendAsync(message)).Outcome, Is.EqualTo(AppendOutcome.NotAParticipant));
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
    public async Task Who_may_have_left_is_taken_for_gone_when_the_outcome_of_a_change_is_unknown()
    {
        var chat = await Database.GroupAsync(_users);
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        Assert.ThrowsAsync<DataUnavailableException>(() => appender.ChangeAsync<int>(
            chat.ChatId, [_users[1]], (_, _) => throw new DataUnavailableException(new IOException("cut off"))));
        Assert.Multiple(() =>
        {
            Assert.That(observer.MembersChanged, Is.EqualTo(new[] { _users[1] }));
            Assert.That(observer.ChatsChanged, Is.EqualTo(new[] { chat.ChatId }));
            Assert.That(observer.Unknown, Is.EqualTo(new[] { chat.ChatId }));
        });
    }

    [Test]
    public async Task The_roster_is_forgotten_also_when_somebody_may_have_joined()
    {
        var chat = await Database.GroupAsync(_users);
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        Assert.ThrowsAsync<DataUnavailableException>(() => appender.ChangeAsync<int>(
            chat.ChatId, [], (_, _) => throw new DataUnavailableException(new IOException("cut off"))));
        Assert.That(observer.ChatsChanged, Is.EqualTo(new[] { chat.ChatId }));
    }

    [Test]
    public async Task A_send_under_an_old_roster_is_reported_when_the_new_one_has_been_applied()
    {
        var chat = await Database.GroupAsync(_users);
        await RemoveAsync(chat, _users[3]);
        var applied = new TaskCompletionSource();
        var observer = new RecordingObserver { UntilRosterApplied = applied.Task };
        await using var appender = Appender(observer);

        var send = appender.AppendAsync(chat.Message(_users[2], "after the removal"));
        await Deadline.UntilAsync(() => observer.RostersChanged.Count == 1, "the lane has noticed");
        Assert.That(observer.Messages, Is.Empty);
        Assert.That(send.IsCompleted, Is.False);
        applied.SetResult();
        Assert.That((await send.OrDeadline()).Outcome, Is.EqualTo(AppendOutcome.Stored));
        Assert.That(observer.Messages.Single().Row.MessageText, Is.EqualTo("after the removal"));
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
