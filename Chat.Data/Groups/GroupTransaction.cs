using System.Data.Common;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Groups;

/// <summary>
/// One change of a group or channel, under the lock of the chat's row: nobody else changes it or posts in it until the commit.
/// Writes the system messages and moves the head, so that no change of members is without its record. A channel has no record of who comes
/// and goes and who runs it, its counter is kept up instead; and its version moves only when those who run it change, so that a post need not
/// be checked again because somebody subscribed meanwhile.
/// </summary>
internal sealed class GroupTransaction
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly Head _head;
    private readonly DateTime _now;
    private readonly List<MessageRow> _messages = [];
    private int _joined;
    private bool _rosterChanged;

    private GroupTransaction(DbConnection connection, DbTransaction transaction, Head head, DateTime now) =>
        (_connection, _transaction, _head, _now) = (connection, transaction, head, now);

    /// <summary>For what belongs to the same change and is not told here.</summary>
    public DbConnection Connection => _connection;

    public DbTransaction Transaction => _transaction;

    public long ChatId => _head.ChatId;

    public string ChatType => _head.ChatType;

    public bool IsChannel => ChatType == "channel";

    public string Title => _head.ChatName ?? "";

    /// <summary>A public channel's name.</summary>
    public string? Username => _head.Username;

    /// <summary>Whether a channel's posts bear their author's name.</summary>
    public bool IsSigned => _head.Signatures;

    public string? Description => _head.Description;

    public int SlowModeSeconds => _head.SlowModeSeconds;

    /// <summary>What members may do for whom nothing else is set.</summary>
    public ChatPermissions DefaultPermissions => (ChatPermissions)_head.DefaultPermissions;

    public long LastMessageId => _head.LastMessageId + _messages.Count;

    /// <returns>Null when there is no such group or channel.</returns>
    public static async Task<GroupTransaction?> LockAsync(DbConnection connection, DbTransaction transaction, long chatId, DateTime now)
    {
        var head = await connection.QuerySingleOrDefaultAsync<Head>(LockSql, new { ChatId = chatId }, transaction);
        return head is null ? null : new GroupTransaction(connection, transaction, head, now.ToStored());
    }

    private const string LockSql = """
        SELECT chat_id, chat_type, chat_name, description, last_message_id, default_permissions, slow_mode_seconds,
          username, signatures
        FROM chats
        WHERE chat_id = @ChatId AND chat_type <> 'direct'
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

    /// <summary>
    /// Writes the chat's row, for a change that would only lock it. Nodes of a Galera cluster do not know of each other's locks: two transactions
    /// on different ones meet in what both write, and in nothing else.
    /// </summary>
    public Task TouchAsync() => _connection.ExecuteAsync(TouchSql, new { ChatId }, _transaction);

    private const string TouchSql = "UPDATE chats SET roster_version = roster_version + 1 WHERE chat_id = @ChatId";

    /// <returns>Those of the users who are in it.</returns>
    public async Task<IReadOnlyList<long>> PresentAsync(IReadOnlyList<long> userIds) =>
        (await _connection.QueryAsync<long>(PresentSql, new { ChatId, UserIds = userIds }, _transaction)).AsList();

    private const string PresentSql = """
        SELECT user_id
        FROM chat_participants FORCE INDEX (PRIMARY)
        WHERE chat_id = @ChatId AND user_id IN @UserIds AND left_at IS NULL
        """;

    /// <summary>Whether so many more would be too many. A channel takes any number.</summary>
    public async Task<bool> IsFullForAsync(int more, int maxMembers) =>
        !IsChannel && await _connection.ExecuteScalarAsync<long>(CountMembersSql, new { ChatId }, _transaction) + more > maxMembers;

    private const string CountMembersSql = "SELECT COUNT(*) FROM chat_participants WHERE chat_id = @ChatId AND left_at IS NULL";

    /// <returns>Those who do not exist.</returns>
    public Task<List<long>> FindMissingAsync(IReadOnlyList<long> userIds) => FindMissingAsync(_connection, _transaction, userIds);

    public static async Task<List<long>> FindMissingAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<long> userIds)
    {
        var found = await connection.QueryAsync<long>(FindUsersSql, new { UserIds = userIds }, transaction);
        return [.. userIds.Except(found)];
    }

    private const string FindUsersSql = "SELECT user_id FROM users WHERE user_id IN @UserIds AND deleted_at IS NULL";

    /// <summary>Lets users in, or in again. They see what comes from the next message on; of a channel, everything.</summary>
    /// <param name="userIds">Of those who are not in it.</param>
    public Task JoinAsync(IReadOnlyList<long> userIds, string role)
    {
        Moved(userIds.Count, role);
        return _connection.ExecuteAsync(
            JoinSql,
            new { ChatId, UserIds = userIds, Role = role, Now = _now, VisibleFrom = IsChannel ? 1 : LastMessageId + 1, UpTo = LastMessageId },
            _transaction);
    }

    private void Moved(int joined, string role)
    {
        if (IsChannel) _joined += joined;
        _rosterChanged |= !IsChannel || role != "member";
    }

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
    public async Task LeaveAsync(GroupMember member)
    {
        var userId = member.UserId;
        Moved(-1, member.Role);
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

    /// <summary>
    /// Makes the admin who has been there longest the owner, or where there is none, the member. No reader of a channel becomes its owner: one
    /// without admins is closed instead, and its name is free.
    /// </summary>
    /// <returns>Who that is; null when there is nobody.</returns>
    public async Task<long?> HandOverAsync()
    {
        var heir = await _connection.ExecuteScalarAsync<long?>(IsChannel ? ChannelHeirSql : HeirSql, new { ChatId }, _transaction);
        if (heir is { } owner) await MakeOwnerAsync(owner);
        else if (IsChannel) await SetChannelAsync(username: null, IsSigned);
        return heir;
    }

    private const string ChannelHeirSql = """
        SELECT user_id
        FROM chat_participants FORCE INDEX (ix_chat_participants_role)
        WHERE chat_id = @ChatId AND role = 'admin' AND left_at IS NULL
        ORDER BY joined_at, user_id
        LIMIT 1
        """;

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

    public Task SetRoleAsync(long userId, string role)
    {
        _rosterChanged = true;
        return _connection.ExecuteAsync(SetRoleSql, new { ChatId, UserId = userId, Role = role }, _transaction);
    }

    private const string SetRoleSql = """
        UPDATE chat_participants SET role = @Role WHERE chat_id = @ChatId AND user_id = @UserId
        """;

    /// <param name="permissions">Null for what the role gives.</param>
    public Task SetPermissionsAsync(long userId, ChatPermissions? permissions, long setBy)
    {
        _rosterChanged = true;
        return permissions is { } allowed
            ? _connection.ExecuteAsync(
                SetPermissionsSql, new { ChatId, UserId = userId, Allowed = (int)allowed, SetBy = setBy, Now = _now }, _transaction)
            : _connection.ExecuteAsync(ClearPermissionsSql, new { ChatId, UserId = userId }, _transaction);
    }

    private const string SetPermissionsSql = """
        INSERT INTO permissions (chat_id, user_id, allowed, set_by, set_at) VALUES (@ChatId, @UserId, @Allowed, @SetBy, @Now)
        ON DUPLICATE KEY UPDATE allowed = VALUES(allowed), set_by = VALUES(set_by), set_at = VALUES(set_at)
        """;

    private const string ClearPermissionsSql = "DELETE FROM permissions WHERE chat_id = @ChatId AND user_id = @UserId";

    public Task SetDefaultPermissionsAsync(ChatPermissions permissions)
    {
        _rosterChanged = true;
        return _connection.ExecuteAsync(SetDefaultsSql, new { ChatId, Allowed = (int)permissions }, _transaction);
    }

    private const string SetDefaultsSql = "UPDATE chats SET default_permissions = @Allowed WHERE chat_id = @ChatId";

    /// <param name="duration">Zero for not at all.</param>
    public Task MuteAsync(long userId, TimeSpan duration) =>
        _connection.ExecuteAsync(
            MuteSql, new { ChatId, UserId = userId, Until = duration > TimeSpan.Zero ? _now + duration : (DateTime?)null }, _transaction);

    private const string MuteSql = """
        UPDATE chat_participants SET silenced_until = @Until WHERE chat_id = @ChatId AND user_id = @UserId
        """;

    /// <exception cref="DbException">A duplicate of <see cref="Channels.ChannelRepository.UsernameKey"/>.</exception>
    public Task SetChannelAsync(string? username, bool signatures)
    {
        _rosterChanged = true;
        return _connection.ExecuteAsync(SetChannelSql, new { ChatId, Username = username, Signatures = signatures }, _transaction);
    }

    private const string SetChannelSql = "UPDATE chats SET username = @Username, signatures = @Signatures WHERE chat_id = @ChatId";

    public Task SetInfoAsync(string title, string? description) =>
        _connection.ExecuteAsync(SetInfoSql, new { ChatId, Title = title, Description = description }, _transaction);

    private const string SetInfoSql = "UPDATE chats SET chat_name = @Title, description = @Description WHERE chat_id = @ChatId";

    public Task SetSlowModeAsync(int seconds) =>
        _connection.ExecuteAsync(SetSlowModeSql, new { ChatId, Seconds = seconds }, _transaction);

    private const string SetSlowModeSql = "UPDATE chats SET slow_mode_seconds = @Seconds WHERE chat_id = @ChatId";

    /// <summary>Appends a system message with the chat's next id; in a channel only what is about the channel, and not who did it.</summary>
    public async Task RecordAsync(long actorId, SystemBody body)
    {
        if (IsChannel && !body.IsAboutChat) return;
        _messages.Add(await SystemMessages.InsertAsync(_connection, _transaction, ChatId, LastMessageId + 1, IsChannel ? 0 : actorId, body, _now));
    }

    /// <summary>Moves the head and tells every node, by the version, that the roster is another, where it is. To be called last.</summary>
    /// <param name="userIds">Who joined or left, or may do other things than before.</param>
    public async Task<Change<GroupChange>> FinishAsync(IReadOnlyList<long> userIds)
    {
        var counts = new
        {
            ChatId, LastMessageId, Now = _now, Recorded = _messages.Count > 0, Joined = _joined, RosterChanged = !IsChannel || _rosterChanged,
        };
        await _connection.ExecuteAsync(FinishSql, counts, _transaction);
        return new Change<GroupChange>(
            new GroupChange(GroupOutcome.Done, ChatId, _messages.Count > 0 ? LastMessageId : null, userIds), _messages, userIds);
    }

    private const string FinishSql = """
        UPDATE chats
        SET last_message_id = @LastMessageId, last_message_at = IF(@Recorded, @Now, last_message_at),
          subscriber_count = subscriber_count + @Joined, roster_version = roster_version + @RosterChanged
        WHERE chat_id = @ChatId
        """;

    private sealed record Head(
        long ChatId, string ChatType, string? ChatName, string? Description, long LastMessageId, int DefaultPermissions, int SlowModeSeconds,
        string? Username, bool Signatures);

    private sealed record MemberRow(string Role, int? Allowed, DateTime? SilencedUntil);
}
