using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>A lane has several small transactions under way: chats do not wait for each other, and each keeps its order.</summary>
[TestFixture]
public sealed class SendingBesideOthers : DatabaseFixture
{
    private IReadOnlyList<long> _users = [];

    [OneTimeSetUp]
    public async Task MakeUsers() => _users = await Database.UsersAsync(2);

    [Test]
    public async Task A_chat_is_answered_while_another_one_of_its_lane_is_locked()
    {
        var chats = await ChatsAsync(3);
        await using var appender = Appender(new RecordingObserver());
        Task<AppendResult> held, behind;
        await using (await HeldLock.OnChatAsync(Database, chats[0].ChatId))
        {
            held = appender.AppendAsync(chats[0].Message(_users[0], "first"));
            await Deadline.UntilAsync(() => appender.Waiting == 0, "the message is under way");
            behind = appender.AppendAsync(chats[0].Message(_users[0], "second"));
            for (var i = 1; i <= 3; i++)
                Assert.That((await appender.AppendAsync(chats[1].Message(_users[0])).OrDeadline()).MessageId, Is.EqualTo(i));
            Assert.That(await ChangeAsync(appender, chats[2]).OrDeadline(), Is.Zero, "a change of a chat as well");
            Assert.That(held.IsCompleted || behind.IsCompleted, Is.False);
        }
        await Task.WhenAll(held, behind).OrDeadline();
        Assert.That((await Database.StoredAsync(chats[0].ChatId)).Select(m => m.MessageText), Is.EqualTo(new[] { "first", "second" }));
    }

    [Test]
    public async Task A_chat_is_answered_while_another_one_is_locked_also_after_a_transaction_of_many()
    {
        var chats = await ChatsAsync(3);
        await using var appender = Appender(new RecordingObserver());
        List<Task<AppendResult>> many = [];
        await using (await HeldLock.OnChatAsync(Database, chats[0].ChatId))
        {
            many.Add(appender.AppendAsync(chats[0].Message(_users[0])));
            await Deadline.UntilAsync(() => appender.Waiting == 0, "the first is under way");
            for (var i = 0; i < LaneQueue.Few; i++) many.Add(appender.AppendAsync(chats[0].Message(_users[0])));
        }
        await Task.WhenAll(many).OrDeadline();

        Task<AppendResult> held;
        await using (await HeldLock.OnChatAsync(Database, chats[1].ChatId))
        {
            held = appender.AppendAsync(chats[1].Message(_users[0]));
            await Deadline.UntilAsync(() => appender.Waiting == 0, "it is under way");
            Assert.That((await appender.AppendAsync(chats[2].Message(_users[0])).OrDeadline()).MessageId, Is.EqualTo(1));
            Assert.That(held.IsCompleted, Is.False);
        }
        await held.OrDeadline();
    }

    [Test]
    public async Task A_change_waits_for_the_messages_of_its_chat_and_is_before_those_that_come_after()
    {
        var chats = await ChatsAsync(2);
        await using var appender = Appender(new RecordingObserver());
        Task<AppendResult> before, after;
        Task<long> change;
        await using (await HeldLock.OnChatAsync(Database, chats[0].ChatId))
        {
            before = appender.AppendAsync(chats[0].Message(_users[0]));
            await Deadline.UntilAsync(() => appender.Waiting == 0, "the message is under way");
            change = ChangeAsync(appender, chats[0]);
            after = appender.AppendAsync(chats[0].Message(_users[0]));
            await appender.AppendAsync(chats[1].Message(_users[0])).OrDeadline();
            Assert.That(appender.Waiting, Is.EqualTo(2));
        }
        Assert.That(await change.OrDeadline(), Is.EqualTo(1));
        Assert.That((await before.OrDeadline()).MessageId, Is.EqualTo(1));
        Assert.That((await after.OrDeadline()).MessageId, Is.EqualTo(2));
    }

    [TestCase(1, TestName = "Each_chat_keeps_its_order_at_low_load")]
    [TestCase(400, TestName = "Each_chat_keeps_its_order_at_high_load")]
    public async Task Each_chat_keeps_its_order(int atOnce)
    {
        const int Rounds = 6;
        var chats = await ChatsAsync(20);
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        var answered = chats.ToDictionary(chat => chat.ChatId, _ => new List<long>());
        var random = new Random(atOnce);
        var sends = new List<Task>();
        for (var i = 0; i < Rounds * Math.Max(atOnce, 100); i++)
        {
            sends.Add(SendAsync(chats[random.Next(chats.Count)], $"{i}"));
            // A few at a time, each on its way while the next one comes.
            if (atOnce == 1) await Task.WhenAny(sends[^1], Task.Delay(1));
            else if (i % atOnce == atOnce - 1) await sends[i - (atOnce / 2)].OrDeadline();
        }
        await Task.WhenAll(sends).OrDeadline();

        foreach (var chat in chats)
        {
            var stored = await Database.StoredAsync(chat.ChatId);
            Assert.That(stored.Select(m => int.Parse(m.MessageText!)), Is.Ordered, "as it was enqueued");
            Assert.That(stored.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, stored.Count)));
            Assert.That(
                observer.Messages.Where(m => m.Row.ChatId == chat.ChatId).Select(m => m.Row.MessageText),
                Is.EqualTo(stored.Select(m => m.MessageText)), "and reported so");
        }
        Assert.That(observer.Messages, Has.Count.EqualTo(sends.Count));

        async Task SendAsync(Roster chat, string text) =>
            Assert.That((await appender.AppendAsync(chat.Message(_users[0], text))).Outcome, Is.EqualTo(AppendOutcome.Stored));
    }

    [Test]
    public async Task A_stopping_appender_waits_for_all_that_is_under_way_and_for_what_waits_behind_it()
    {
        var chats = await ChatsAsync(3);
        var appender = Appender(new RecordingObserver());
        var sends = new List<Task<AppendResult>>();
        Task stopping;
        await using (await HeldLock.OnChatAsync(Database, chats[0].ChatId))
        await using (await HeldLock.OnChatAsync(Database, chats[1].ChatId))
        {
            foreach (var chat in chats.Take(2))
            {
                sends.Add(appender.AppendAsync(chat.Message(_users[0], "under way")));
                await Deadline.UntilAsync(() => appender.Waiting == 0, "the lane took it");
            }
            sends.AddRange(chats.Take(2).Select(chat => appender.AppendAsync(chat.Message(_users[0], "behind it"))));
            stopping = appender.DisposeAsync().AsTask();
            Assert.ThrowsAsync<AppenderBusyException>(() => appender.AppendAsync(chats[2].Message(_users[0], "too late")));
            Assert.That(stopping.IsCompleted, Is.False);
        }
        await stopping.OrDeadline();
        Assert.That(sends.Select(send => send.IsCompletedSuccessfully), Is.All.True);
        Assert.That(sends.Select(send => send.Result.MessageId), Is.EqualTo(new[] { 1, 1, 2, 2 }));
    }

    [Test]
    public async Task A_killed_connection_fails_its_own_batch_alone()
    {
        var chats = await ChatsAsync(2);
        var observer = new RecordingObserver();
        await using var appender = Appender(observer);
        await using var one = await HeldLock.OnChatAsync(Database, chats[0].ChatId);
        Task<AppendResult> spared;
        await using (await HeldLock.OnChatAsync(Database, chats[1].ChatId))
        {
            var killed = appender.AppendAsync(chats[0].Message(_users[0]));
            await Deadline.UntilAsync(() => appender.Waiting == 0, "it is under way");
            spared = appender.AppendAsync(chats[1].Message(_users[0]));
            await Deadline.UntilAsync(() => HeldLock.KillWaitingForChatAsync(Database, chats[0].ChatId), "it waits for the lock, and its connection is killed");
            Assert.ThrowsAsync<Chat.Data.DataUnavailableException>(() => killed.OrDeadline());
        }
        Assert.That((await spared.OrDeadline()).Outcome, Is.EqualTo(AppendOutcome.Stored));
        Assert.That(observer.Unknown, Does.Not.Contain(chats[1].ChatId));
    }

    private async Task<List<Roster>> ChatsAsync(int count)
    {
        var chats = new List<Roster>();
        for (var i = 0; i < count; i++) chats.Add(await Database.GroupAsync(_users));
        return chats;
    }

    /// <returns>The last message of the chat when the change ran.</returns>
    private static Task<long> ChangeAsync(MessageAppender appender, Roster chat) =>
        appender.ChangeAsync(chat.ChatId, [], async (connection, transaction) => new Change<long>(
            await connection.ExecuteScalarAsync<long>(
                "SELECT last_message_id FROM chats WHERE chat_id = @ChatId FOR UPDATE", new { chat.ChatId }, transaction), [], []));

    private MessageAppender Appender(IAppendObserver observer) =>
        new(Database.Database, observer, new AppenderLimits(Lanes: 1), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance);
}
