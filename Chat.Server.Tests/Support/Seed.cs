using System.Collections.Frozen;
using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Data.Settings;
using Dapper;

namespace Chat.Server.Tests.Support;

/// <summary>Rows that a test starts from, written directly.</summary>
internal static class Seed
{
    private static int _phones;

    public static async Task<IReadOnlyList<long>> UsersAsync(this TestDatabase database, int count)
    {
        var users = new List<long>();
        for (var i = 0; i < count; i++)
            users.Add(await database.ScalarAsync<long>(
                """
                INSERT INTO users (name, phone_number, password_hash, created_at) VALUES (@Name, @Phone, 'x', @Now);
                SELECT LAST_INSERT_ID()
                """,
                new { Name = $"Person {i}", Phone = $"+9{Interlocked.Increment(ref _phones):0000000000}", Now = DateTime.UnixEpoch }));
        return users;
    }

    /// <summary>A group without a message; the first user owns it.</summary>
    public static async Task<Roster> GroupAsync(this TestDatabase database, params IEnumerable<long> userIds)
    {
        var users = userIds.ToList();
        var chatId = await database.ScalarAsync<long>(
            "INSERT INTO chats (chat_type, chat_name, created_by, created_at) VALUES ('group', 'A group', @Owner, @Now); SELECT LAST_INSERT_ID()",
            new { Owner = users[0], Now = DateTime.UnixEpoch });
        var rows = users.Select(user => $"({chatId},{user},'{(user == users[0] ? "owner" : "member")}',@now)");
        await database.ExecuteAsync(
            "INSERT INTO chat_participants (chat_id, user_id, role, joined_at) VALUES " + string.Join(',', rows), new { now = DateTime.UnixEpoch });
        return await database.RosterAsync(chatId);
    }

    public static async Task<Roster> RosterAsync(this TestDatabase database, long chatId) =>
        await new RosterRepository(database.Database).GetAsync(chatId, CancellationToken.None)
        ?? throw new InvalidOperationException($"There is no chat {chatId}.");

    /// <summary>So many text messages of one sender, numbered on from the chat's last.</summary>
    public static async Task MessagesAsync(this TestDatabase database, long chatId, long senderId, int count)
    {
        const int PerStatement = 1000;
        var last = await database.ScalarAsync<long>("SELECT last_message_id FROM chats WHERE chat_id = @chatId", new { chatId });
        for (var done = 0; done < count; done += PerStatement)
        {
            var rows = Enumerable.Range(done + 1, Math.Min(PerStatement, count - done))
                .Select(i => $"({chatId},{last + i},{senderId},x'{Guid.NewGuid():N}','text','message {last + i}',@now)");
            await database.ExecuteAsync(
                "INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, message_text, sent_at) VALUES " + string.Join(',', rows),
                new { now = DateTime.UnixEpoch });
        }
        await database.ExecuteAsync(
            "UPDATE chats SET last_message_id = @last, last_message_at = @now WHERE chat_id = @chatId",
            new { chatId, last = last + count, now = DateTime.UnixEpoch });
    }

    public static NewMessage Message(this Roster roster, long senderId, string text = "text", Guid? id = null) =>
        new(roster, senderId, id ?? Guid.NewGuid(), text, Origin: "connection");

    /// <summary>A roster that says what a node believes, whatever the database says.</summary>
    public static Roster Believed(long chatId, string chatType, params IEnumerable<long> userIds) =>
        new(chatId, chatType, Version: 1, userIds.ToFrozenDictionary(id => id, id => new RosterMember(id, "member")));

    /// <summary>Somebody who has set nothing: all see everything.</summary>
    public static PersonPrivacy OpenPrivacy(long userId) => new(
        userId, Audience.Everyone, Audience.Everyone, Audience.Everyone, Audience.Everyone, ReadReceipts: true,
        FrozenSet<long>.Empty, FrozenSet<(PrivacySetting, long)>.Empty, FrozenSet<long>.Empty);

    /// <summary>All messages of a chat as they stand in the database, in order.</summary>
    public static Task<List<MessageRow>> StoredAsync(this TestDatabase database, long chatId) =>
        database.ListAsync<MessageRow>(
            """
            SELECT chat_id, message_id, sender_id, client_message_id, message_type, message_text, body, sent_at,
              last_change_id, edited_at, deleted_at, reactions, pinned_at, expires_at
            FROM messages WHERE chat_id = @chatId ORDER BY message_id
            """,
            new { chatId });

    public static Guid ClientId(this MessageRow row) => new(row.ClientMessageId, bigEndian: true);
}
