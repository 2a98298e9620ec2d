using Chat.Data;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>A node that does nothing more in the middle of a transaction (frozen, cut off) must not hold up the others for long.</summary>
[TestFixture]
public sealed class ANodeThatStops : DatabaseFixture
{
    [Test]
    public async Task Its_locks_are_let_go_of_and_the_others_go_on()
    {
        var users = await Database.UsersAsync(2);
        var (locked, other) = (await Database.GroupAsync(users), await Database.GroupAsync(users));
        await using var appender = Appender(TimeProvider.System);
        await using var stopped = await Database.Database.OpenAsync(CancellationToken.None);
        await stopped.ExecuteAsync("START TRANSACTION");
        await stopped.ExecuteAsync("SELECT chat_id FROM chats WHERE chat_id = @ChatId FOR UPDATE", new { locked.ChatId });

        var results = await Task.WhenAll(
            appender.AppendAsync(locked.Message(users[0], "into the chat that it holds")),
            appender.AppendAsync(other.Message(users[0], "into another one"))).OrDeadline();

        Assert.That(results.Select(result => result.Outcome), Is.All.EqualTo(AppendOutcome.Stored));
        var late = Assert.CatchAsync(() => stopped.ExecuteAsync("UPDATE chats SET last_message_id = 7 WHERE chat_id = @ChatId", new { locked.ChatId }));
        Assert.That(late!.IsUnavailable(CancellationToken.None), "what it does later fails, as on any broken connection");
    }

    [Test]
    public async Task A_lane_whose_connection_was_closed_while_nobody_wrote_notices_nothing()
    {
        var users = await Database.UsersAsync(2);
        var chat = await Database.GroupAsync(users);
        var time = new ManualTime();
        await using var appender = Appender(time);
        await appender.AppendAsync(chat.Message(users[0], "before")).OrDeadline();

        await CloseAllConnectionsAsync();
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.That((await appender.AppendAsync(chat.Message(users[0], "after")).OrDeadline()).Outcome, Is.EqualTo(AppendOutcome.Stored));
    }

    private async Task CloseAllConnectionsAsync()
    {
        await using var server = ChatDatabase.Create(TestDatabase.ServerConnectionString);
        await server.QueryAsync(
            async connection =>
            {
                var ours = await connection.QueryAsync<long>(
                    "SELECT id FROM information_schema.processlist WHERE db = @Name", new { Database.Name });
                foreach (var id in ours) await connection.ExecuteAsync($"KILL {id}");
                return true;
            },
            CancellationToken.None);
    }

    private MessageAppender Appender(TimeProvider time) =>
        new(Database.Database, new RecordingObserver(), new AppenderLimits(), TestMetrics.Data(), time, NullLogger<MessageAppender>.Instance);
}
