using System.Data.Common;
using System.Text.Json;
using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Groups;

/// <summary>
/// One change of a group, under the lock of the chat's row: nobody else changes the group or posts in it until the commit.
/// Writes the system messages and moves the head, so that no change of members is without its record.
/// </summary>
internal sealed class GroupTransaction
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly Head _head;
    private readonly DateTime _now;
    private readonly List<MessageRow> _messages = [];

    private GroupTransaction(DbConnection connection, DbTransaction transaction, Head head, DateTime now) =>
        (_connection, _transaction, _head, _now) = (connection, transaction, head, now);

    public long ChatId => _head.ChatId;

    public long LastMessageId => _head.LastMessageId + _messages.Count;

    /// <returns>Null when there is no such group.</returns>
    public static async Task<GroupTransaction?> LockAsync(DbConnection connection, DbTransaction transaction, long chatId, DateTime now)
    {
        var head = await connection.QuerySingleOrDefaultAsync<Head>(LockSql, new { ChatId = chatId }, transaction);
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return head is null ? null : new GroupTransaction(connection, transaction, head, now);
    }

    private const string LockSql = """
        SELECT chat_id, chat_name, last_message_id FROM chats WHERE chat_id = @ChatId AND chat_type = 'group' FOR UPDATE
        """;

    /// <returns>The role of a present member; null for anybody else.</returns>
    public Task<string?> RoleOfAsync(long userId) =>
        _connection.ExecuteScalarAsync<string?>(RoleSql, new { ChatId, UserId = userId }, _transaction);

    private const string RoleSql = """
        SELECT role FROM chat_participants WHERE chat_id = @ChatId AND user_id = @UserId AND left_at IS NULL
        """;

    public async Task<IReadOnlyList<long>> MembersAsync() =>
        (await _connection.QueryAsync<long>(MembersSql, new { ChatId }, _transaction)).AsList();

    private const string MembersSql = """
        SELECT user_id FROM chat_participants WHERE chat_id = @ChatId AND left_at IS NULL ORDER BY user_id
        """;

    /// <summary>Lets users in, or in again. They see what comes from the next message on.</summary>
    public Task JoinAsync(IEnumerable<long> userIds, string role) =>
        _connection.ExecuteAsync(
            JoinSql,
            new { ChatId, UserIds = userIds, Role = role, Now = _now, VisibleFrom = LastMessageId + 1, UpTo = LastMessageId },
            _transaction);

    private const string JoinSql = """
        INSERT INTO chat_participants (chat_id, user_id, role, joined_at, visible_from, delivered_up_to, read_up_to)
        SELECT @ChatId, u.user_id, @Role, @Now, @VisibleFrom, @UpTo, @UpTo
        FROM users u
        WHERE u.user_id IN @UserIds
        ON DUPLICATE KEY UPDATE
          role = VALUES(role), joined_at = VALUES(joined_at), left_at = NULL, visible_from = VALUES(visible_from),
          delivered_up_to = GREATEST(chat_participants.delivered_up_to, VALUES(delivered_up_to)),
          read_up_to = GREATEST(chat_participants.read_up_to, VALUES(read_up_to))
        """;

    public Task LeaveAsync(long userId) =>
        _connection.ExecuteAsync(LeaveSql, new { ChatId, UserId = userId, Now = _now }, _transaction);

    private const string LeaveSql = """
        UPDATE chat_participants SET left_at = @Now, role = 'member' WHERE chat_id = @ChatId AND user_id = @UserId
        """;

    /// <summary>Makes the member who has been there longest the owner.</summary>
    /// <returns>Who that is; null when nobody is left.</returns>
    public async Task<long?> HandOverAsync()
    {
        var heir = await _connection.ExecuteScalarAsync<long?>(HeirSql, new { ChatId }, _transaction);
        if (heir is not null) await _connection.ExecuteAsync(OwnerSql, new { ChatId, UserId = heir }, _transaction);
        return heir;
    }

    private const string HeirSql = """
        SELECT user_id FROM chat_participants WHERE chat_id = @ChatId AND left_at IS NULL ORDER BY joined_at, user_id LIMIT 1
        """;

    private const string OwnerSql = """
        UPDATE chat_participants SET role = 'owner' WHERE chat_id = @ChatId AND user_id = @UserId
        """;

    /// <summary>Appends a system message with the chat's next id.</summary>
    public async Task<long> RecordAsync(long actorId, SystemBody body)
    {
        var row = new MessageRow(
            ChatId, LastMessageId + 1, actorId, Guid.NewGuid().ToByteArray(bigEndian: true),
            "system", MessageText: null, JsonSerializer.Serialize(body, Json), _now);
        await _connection.ExecuteAsync(RecordSql, row, _transaction);
        _messages.Add(row);
        return row.MessageId;
    }

    private const string RecordSql = """
        INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, body, sent_at)
        VALUES (@ChatId, @MessageId, @SenderId, @ClientMessageId, @MessageType, @Body, @SentAt)
        """;

    /// <summary>Moves the head and tells every node, by the version, that the roster is another. To be called last.</summary>
    /// <param name="userIds">Who joined or left.</param>
    public async Task<Change<GroupChange>> FinishAsync(IReadOnlyList<long> userIds)
    {
        await _connection.ExecuteAsync(FinishSql, new { ChatId, LastMessageId, Now = _now }, _transaction);
        return new Change<GroupChange>(new GroupChange(GroupOutcome.Done, ChatId, LastMessageId, userIds), _messages, userIds);
    }

    private const string FinishSql = """
        UPDATE chats
        SET last_message_id = @LastMessageId, last_message_at = @Now, roster_version = roster_version + 1
        WHERE chat_id = @ChatId
        """;

    private sealed record Head(long ChatId, string? ChatName, long LastMessageId);
}
