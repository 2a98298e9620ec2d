using System.Data.Common;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Groups;

/// <summary>
/// One change of a group, under the lock of the chat's row: nobody else changes the group or posts in it until the commit.
/// Writes the system messages and moves the head, so that no change of members is without its record.
/// </summary>
internal sealed class GroupTransaction
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly Head _head;
    private readonly DateTime _now;
    private readonly List<MessageRow> _messages = [];

    private GroupTransaction(DbConnection connection, DbTransaction transaction, Head head, DateTime now) =>
        (_connection, _transaction, _head, _now) = (connection, transaction, head, now);

    /// <summary>For what belongs to the same change and is not told here.</summary>
    public DbConnection Connection => _connection;

    public DbTransaction Transaction => _transaction;

    public long ChatId => _head.ChatId;

    public string ChatType => _head.ChatType;

    public string Title => _head.ChatName ?? "";

    public string? Description => _head.Description;

    public int SlowModeSeconds => _head.SlowModeSeconds;

    /// <summary>What members may do for whom nothing else is set.</summary>
    public ChatPermissions DefaultPermissions => (ChatPermissions)_head.DefaultPermissions;

    public long LastMessageId => _head.LastMessageId + _messages.Count;

    /// <returns>Null when there is no such group.</returns>
    public static async Task<GroupTransaction?> LockAsync(DbConnection connection, DbTransaction transaction, long chatId, DateTime now)
    {
        var head = await connection.QuerySingleOrDefaultAsync<Head>(LockSql, new { ChatId = chatId }, transaction);
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return head is null ? null : new GroupTransaction(connection, transaction, head, now);
    }

    private const string LockSql = """
        SELECT chat_id, chat_type, chat_name, description, last_message_id, default_permissions, slow_mode_seconds
        FROM chats
        WHERE chat_id = @ChatId AND chat_type = 'group'
        FOR UPDATE
        """;

    /// <returns>Null for somebody who is not in the group.</returns>
    public async Task<GroupMember?> MemberAsync(long userId)
    {
        var row = await _connection.QuerySingleOrDefaultAsync<MemberRow>(MemberSql, new { ChatId, UserId = userId }, _transaction);
        if (row is null) return null;
        var permissions = ChatRights.Of(ChatType, DefaultPermissions, row.Role, (ChatPermissions?)row.Allowed);
        return new GroupMember(userId, row.Role, permissions, row.Allowed is not null, row.SilencedUntil);
    }

    private const string MemberSql = """
        SELECT p.role, own.allowed, p.silenced_until
        FROM chat_participants p
        LEFT JOIN permissions own ON own.chat_id = p.chat_id AND own.user_id = p.user_id
        WHERE p.chat_id = @ChatId AND p.user_id = @UserId AND p.left_at IS NULL
        """;

    public async Task<IReadOnlyList<long>> MembersAsync() =>
        (await _connection.QueryAsync<long>(MembersSql, new { ChatId }, _transaction)).AsList();

    private const string MembersSql = """
        SELECT user_id FROM chat_participants WHERE chat_id = @ChatId AND left_at IS NULL ORDER BY user_id
        """;

    public Task<long> CountMembersAsync() => _connection.ExecuteScalarAsync<long>(CountMembersSql, new { ChatId }, _transaction);

    private const string CountMembersSql = "SELECT COUNT(*) FROM chat_participants WHERE chat_id = @ChatId AND left_at IS NULL";

    /// <returns>Those who do not exist.</returns>
    public Task<List<long>> FindMissingAsync(IReadOnlyList<long> userIds) => FindMissingAsync(_connection, _transaction, userIds);

    public static async Task<List<long>> FindMissingAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<long> userIds)
    {
        var found = await connection.QueryAsync<long>(FindUsersSql, new { UserIds = userIds }, transaction);
        return [.. userIds.Except(found)];
    }

    private const string FindUsersSql = "SELECT user_id FROM users WHERE user_id IN @UserIds AND deleted_at IS NULL";

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

    /// <summary>What was granted to the member ends; what was taken away lasts, should the member come back.</summary>
    public async Task LeaveAsync(long userId)
    {
        await _connection.ExecuteAsync(LeaveSql, new { ChatId, UserId = userId, Now = _now }, _transaction);
        await _connection.ExecuteAsync(
            EndGrantsSql, new { ChatId, UserId = userId, Defaults = (int)DefaultPermissions }, _transaction);
    }

    private const string LeaveSql = """
        UPDATE chat_participants SET left_at = @Now, role = 'member' WHERE chat_id = @ChatId AND user_id = @UserId
        """;

    private const string EndGrantsSql = """
        UPDATE permissions SET allowed = allowed & @Defaults WHERE chat_id = @ChatId AND user_id = @UserId
        """;

    /// <summary>Makes the admin who has been there longest the owner, or where there is none, the member.</summary>
    /// <returns>Who that is; null when nobody is left.</returns>
    public async Task<long?> HandOverAsync()
    {
        var heir = await _connection.ExecuteScalarAsync<long?>(HeirSql, new { ChatId }, _transaction);
        if (heir is { } owner) await MakeOwnerAsync(owner);
        return heir;
    }

    // The roles are an ENUM, and sort in its order: owner, admin, member.
    private const string HeirSql = """
        SELECT user_id FROM chat_participants WHERE chat_id = @ChatId AND left_at IS NULL ORDER BY role, joined_at, user_id LIMIT 1
        """;

    public async Task MakeOwnerAsync(long userId)
    {
        await SetRoleAsync(userId, "owner");
        await SetPermissionsAsync(userId, null, userId);
        await MuteAsync(userId, TimeSpan.Zero);
    }

    public Task SetRoleAsync(long userId, string role) =>
        _connection.ExecuteAsync(SetRoleSql, new { ChatId, UserId = userId, Role = role }, _transaction);

    private const string SetRoleSql = """
        UPDATE chat_participants SET role = @Role WHERE chat_id = @ChatId AND user_id = @UserId
        """;

    /// <param name="permissions">Null for what the role gives.</param>
    public Task SetPermissionsAsync(long userId, ChatPermissions? permissions, long setBy) =>
        permissions is { } allowed
            ? _connection.ExecuteAsync(
                SetPermissionsSql, new { ChatId, UserId = userId, Allowed = (int)allowed, SetBy = setBy, Now = _now }, _transaction)
            : _connection.ExecuteAsync(ClearPermissionsSql, new { ChatId, UserId = userId }, _transaction);

    private const string SetPermissionsSql = """
        INSERT INTO permissions (chat_id, user_id, allowed, set_by, set_at) VALUES (@ChatId, @UserId, @Allowed, @SetBy, @Now)
        ON DUPLICATE KEY UPDATE allowed = VALUES(allowed), set_by = VALUES(set_by), set_at = VALUES(set_at)
        """;

    private const string ClearPermissionsSql = "DELETE FROM permissions WHERE chat_id = @ChatId AND user_id = @UserId";

    public Task SetDefaultPermissionsAsync(ChatPermissions permissions) =>
        _connection.ExecuteAsync(SetDefaultsSql, new { ChatId, Allowed = (int)permissions }, _transaction);

    private const string SetDefaultsSql = "UPDATE chats SET default_permissions = @Allowed WHERE chat_id = @ChatId";

    /// <param name="duration">Zero for not at all.</param>
    public Task MuteAsync(long userId, TimeSpan duration) =>
        _connection.ExecuteAsync(
            MuteSql, new { ChatId, UserId = userId, Until = duration > TimeSpan.Zero ? _now + duration : (DateTime?)null }, _transaction);

    private const string MuteSql = """
        UPDATE chat_participants SET silenced_until = @Until WHERE chat_id = @ChatId AND user_id = @UserId
        """;

    public Task SetInfoAsync(string title, string? description) =>
        _connection.ExecuteAsync(SetInfoSql, new { ChatId, Title = title, Description = description }, _transaction);

    private const string SetInfoSql = "UPDATE chats SET chat_name = @Title, description = @Description WHERE chat_id = @ChatId";

    public Task SetSlowModeAsync(int seconds) =>
        _connection.ExecuteAsync(SetSlowModeSql, new { ChatId, Seconds = seconds }, _transaction);

    private const string SetSlowModeSql = "UPDATE chats SET slow_mode_seconds = @Seconds WHERE chat_id = @ChatId";

    /// <summary>Appends a system message with the chat's next id.</summary>
    public async Task<long> RecordAsync(long actorId, SystemBody body)
    {
        var row = new MessageRow(
            ChatId, LastMessageId + 1, actorId, Guid.NewGuid().ToByteArray(bigEndian: true),
            "system", MessageText: null, body.ToJson(), _now);
        await _connection.ExecuteAsync(RecordSql, row, _transaction);
        _messages.Add(row);
        return row.MessageId;
    }

    private const string RecordSql = """
        INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, body, sent_at)
        VALUES (@ChatId, @MessageId, @SenderId, @ClientMessageId, @MessageType, @Body, @SentAt)
        """;

    /// <summary>Moves the head and tells every node, by the version, that the roster is another. To be called last.</summary>
    /// <param name="userIds">Who joined or left, or may do other things than before.</param>
    public async Task<Change<GroupChange>> FinishAsync(IReadOnlyList<long> userIds)
    {
        await _connection.ExecuteAsync(
            _messages.Count > 0 ? FinishSql : FinishSilentlySql, new { ChatId, LastMessageId, Now = _now }, _transaction);
        return new Change<GroupChange>(
            new GroupChange(GroupOutcome.Done, ChatId, _messages.Count > 0 ? LastMessageId : null, userIds), _messages, userIds);
    }

    private const string FinishSql = """
        UPDATE chats
        SET last_message_id = @LastMessageId, last_message_at = @Now, roster_version = roster_version + 1
        WHERE chat_id = @ChatId
        """;

    private const string FinishSilentlySql = "UPDATE chats SET roster_version = roster_version + 1 WHERE chat_id = @ChatId";

    private sealed record Head(
        long ChatId, string ChatType, string? ChatName, string? Description, long LastMessageId, int DefaultPermissions, int SlowModeSeconds);

    private sealed record MemberRow(string Role, int? Allowed, DateTime? SilencedUntil);
}
