using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Dapper;

namespace Chat.Server.Tests.Database;

/// <summary>What is sent twice is stored once.</summary>
public sealed partial class AppendingMessages
{
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
}
