using Chat.Data;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Database;

/// <summary>Who may send, where the roster that was asked is an old one.</summary>
public sealed partial class AppendingMessages
{
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
}
