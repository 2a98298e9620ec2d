using Chat.Data.Accounts;
using Chat.Data.Chats;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Connections;

/// <summary>What a node knows of its connections is compared with the database again and again, on a single node as well.</summary>
[TestFixture]
public sealed class TheDatabaseDecides : ServerFixture
{
    protected override Dictionary<string, string> Settings => new() { ["Redis:CheckInterval"] = "00:00:01" };

    [Test]
    public async Task Who_is_in_a_chat_and_not_subscribed_is_subscribed_and_told_to_catch_up_and_the_other_way_round()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await using var cem = await RegisterAsync("Cem");
        var chatId = (await ann.CreateGroupAsync("Group", bob, cem)).ChatId;
        await bob.ChatsUpdated.WaitForAsync(c => c.ChatId == chatId);
        await MoveAsync(chatId, bob.UserId, leftAt: "joined_at");
        await bob.ChatsRemoved.WaitForAsync(c => c.ChatId == chatId);
        await ann.SendAsync(chatId, "without Bob");
        await cem.Messages.WaitForAsync(m => m.Text == "without Bob");

        await MoveAsync(chatId, bob.UserId, leftAt: "NULL");
        await bob.Resyncs.WaitForAsync(r => r.ChatId == chatId);
        await ann.SendAsync(chatId, "with Bob");
        await bob.Messages.WaitForAsync(m => m.Text == "with Bob");
        Assert.That(bob.Messages.All.Select(m => m.Text), Has.None.EqualTo("without Bob"));
        Assert.That(ann.Resyncs.All.Concat(cem.Resyncs.All), Is.Empty, "nothing was wrong with the others");
    }

    [Test]
    public async Task A_connection_of_a_session_that_has_ended_is_closed_and_no_other()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var laptop = await TestClient.ConnectAsync(Server.Address, await TestAccount.LogInAsync(Server.Address, ann.Account));
        await Database.ExecuteAsync("UPDATE sessions SET revoked_at = created_at WHERE session_id = @SessionId", new { laptop.Account.SessionId });
        await laptop.Closed.Task.OrDeadline();
        Assert.That(ann.Closed.Task.IsCompleted, Is.False);
        await ann.ListChatsAsync();
    }

    [Test]
    public async Task Many_users_and_sessions_are_read_in_one_statement()
    {
        var users = await Database.UsersAsync(4);
        var first = await Database.GroupAsync(users[0], users[1], users[2]);
        var second = await Database.GroupAsync(users[1], users[2]);
        await MoveAsync(first.ChatId, users[2], leftAt: "joined_at");
        var groups = await new RosterRepository(Database.Database).ListGroupIdsAsync(users, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(groups[users[0]], Is.EqualTo(new[] { first.ChatId }));
            Assert.That(groups[users[1]], Is.EquivalentTo(new[] { first.ChatId, second.ChatId }));
            Assert.That(groups[users[2]], Is.EqualTo(new[] { second.ChatId }));
            Assert.That(groups[users[3]], Is.Empty);
        });

        await using var ann = await RegisterAsync("Ann");
        var sessions = new SessionRepository(Database.Database);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        Assert.That(await sessions.FindLiveAsync([ann.Account.SessionId, 999_999_999], now, CancellationToken.None), Is.EqualTo(new[] { ann.Account.SessionId }));
        Assert.That(await sessions.FindLiveAsync([ann.Account.SessionId], now.AddDays(400), CancellationToken.None), Is.Empty);
    }

    private Task<int> MoveAsync(long chatId, long userId, string leftAt) =>
        Database.ExecuteAsync(
            $"""
            UPDATE chat_participants SET left_at = {leftAt} WHERE chat_id = @chatId AND user_id = @userId;
            UPDATE chats SET roster_version = roster_version + 1 WHERE chat_id = @chatId
            """,
            new { chatId, userId });
}
