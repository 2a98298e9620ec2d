using Chat.Data.Bans;
using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Invites;

/// <summary>
/// Invite links. Whoever joins, asks, approves or revokes does so under the lock of the chat's row, in its append lane: a link lets in exactly
/// as many as it may, on any number of nodes, and nobody after it was revoked. Codes are found by their hash, so that neither the database
/// nor the time of an answer tells one.
/// </summary>
public sealed class InviteRepository(ChatDatabase database, MessageAppender appender, TimeProvider time) : IInviteStore
{
    private readonly GroupChanges _changes = new(appender, time);

    public async Task<(GroupChange Change, long InviteId)> CreateAsync(long chatId, long actorId, NewInvite invite)
    {
        var inviteId = 0L;
        var change = await _changes.RunAsync(chatId, actorId, ChatAction.ManageInvites, leaving: [], async (group, _) =>
        {
            var now = _changes.Now;
            inviteId = await group.Connection.InsertAsync(new CommandDefinition(CreateSql, new
            {
                ChatId = chatId, invite.CodeHash, ActorId = actorId, Now = now, ExpiresAt = now + invite.Lifetime, invite.MaxUses, invite.NeedsApproval,
            }, group.Transaction));
            return Noted(chatId);
        });
        return (change, inviteId);
    }

    private const string CreateSql = """
        INSERT INTO chat_invites (chat_id, code_hash, created_by, created_at, expires_at, max_uses, needs_approval)
        VALUES (@ChatId, @CodeHash, @ActorId, @Now, @ExpiresAt, @MaxUses, @NeedsApproval)
        """;

    public Task<GroupChange> RevokeAsync(long chatId, long actorId, long inviteId) =>
        _changes.RunAsync(chatId, actorId, ChatAction.ManageInvites, leaving: [], async (group, _) =>
        {
            var found = await group.Connection.ExecuteScalarAsync<long?>(
                FindSql, new { ChatId = chatId, InviteId = inviteId }, group.Transaction);
            if (found is null) return GroupChanges.Refused(GroupOutcome.UserNotFound, chatId, inviteId);
            await group.Connection.ExecuteAsync(RevokeSql, new { InviteId = inviteId, _changes.Now }, group.Transaction);
            return Noted(chatId);
        });

    private const string FindSql = "SELECT invite_id FROM chat_invites WHERE chat_id = @ChatId AND invite_id = @InviteId";

    private const string RevokeSql = "UPDATE chat_invites SET revoked_at = COALESCE(revoked_at, @Now) WHERE invite_id = @InviteId";

    public Task<InvitePreviewRow?> PreviewAsync(byte[] codeHash, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<InvitePreviewRow?>(PreviewSql, new { CodeHash = codeHash, _changes.Now }), cancellationToken);

    /// <summary>Whether the invite <c>i</c> is the one of <c>@CodeHash</c>, and lets in at <c>@Now</c>.</summary>
    internal const string Works = """
        i.code_hash = @CodeHash AND i.revoked_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > @Now) AND (i.max_uses IS NULL OR i.uses < i.max_uses)
        """;

    private const string PreviewSql = $"""
        SELECT i.chat_id, c.chat_name, i.needs_approval,
          IF(c.chat_type = 'channel', c.subscriber_count, (SELECT COUNT(*) FROM chat_participants p FORCE INDEX (PRIMARY)
            WHERE c.chat_type <> 'channel' AND p.chat_id = i.chat_id AND p.left_at IS NULL)) AS member_count, c.chat_type, c.picture_media_id
        FROM chat_invites i
        JOIN chats c ON c.chat_id = i.chat_id
        WHERE {Works}
        """;

    public async Task<JoinResultRow> JoinAsync(byte[] codeHash, long userId, int maxMembers)
    {
        var chatId = await database.QueryAsync(
            connection => connection.ExecuteScalarAsync<long?>(FindChatSql, new { CodeHash = codeHash }), CancellationToken.None);
        if (chatId is not { } id) return new JoinResultRow(JoinOutcome.NotFound, 0, null);
        return await appender.ChangeAsync(id, leaving: [], async (connection, transaction) =>
            await GroupTransaction.LockAsync(connection, transaction, id, _changes.Now) is { } group
                ? await JoinAsync(group, codeHash, userId, maxMembers)
                : Answer(JoinOutcome.NotFound, id));
    }

    private const string FindChatSql = "SELECT chat_id FROM chat_invites WHERE code_hash = @CodeHash";

    private async Task<Change<JoinResultRow>> JoinAsync(GroupTransaction group, byte[] codeHash, long userId, int maxMembers)
    {
        var invite = await group.Connection.QuerySingleOrDefaultAsync<Usable>(
            FindUsableSql, new { CodeHash = codeHash, _changes.Now }, group.Transaction);
        if (invite is null) return Answer(JoinOutcome.NotFound, group.ChatId);
        if (await group.MemberAsync(userId) is not null) return Answer(JoinOutcome.AlreadyIn, group.ChatId);
        if ((await BannedUsers.FindAsync(group, [userId])).Count > 0) return Answer(JoinOutcome.Banned, group.ChatId);
        if (await group.IsFullForAsync(1, maxMembers)) return Answer(JoinOutcome.TooManyMembers, group.ChatId);

        if (invite.NeedsApproval)
        {
            await group.Connection.ExecuteAsync(
                RequestSql, new { group.ChatId, UserId = userId, invite.InviteId, _changes.Now }, group.Transaction);
            return Answer(JoinOutcome.Requested, group.ChatId, requestedAt: _changes.Now);
        }
        var change = await LetInAsync(group, userId, invite.InviteId, new SystemBody("member_joined", [userId], null), userId);
        return new Change<JoinResultRow>(new JoinResultRow(JoinOutcome.Joined, group.ChatId, change.Answer.MessageId), change.Messages, change.Members);
    }

    private const string FindUsableSql = $"SELECT i.invite_id, i.needs_approval FROM chat_invites i WHERE {Works}";

    private const string RequestSql = """
        INSERT INTO chat_join_requests (chat_id, user_id, invite_id, requested_at) VALUES (@ChatId, @UserId, @InviteId, @Now)
        ON DUPLICATE KEY UPDATE invite_id = VALUES(invite_id)
        """;

    public Task<GroupChange> AnswerAsync(long chatId, long actorId, long userId, bool approve, int maxMembers) =>
        _changes.RunAsync(chatId, actorId, ChatAction.ManageInvites, leaving: [], async (group, _) =>
        {
            var key = new { ChatId = chatId, UserId = userId };
            var inviteId = await group.Connection.ExecuteScalarAsync<long?>(FindRequestSql, key, group.Transaction);
            if (inviteId is null) return GroupChanges.Refused(GroupOutcome.UserNotFound, chatId, userId);
            if (approve && await group.IsFullForAsync(1, maxMembers)) return GroupChanges.Refused(GroupOutcome.TooManyMembers, chatId);
            await group.Connection.ExecuteAsync(DropRequestSql, key, group.Transaction);
            // Somebody added the person meanwhile: then there is nothing to let in.
            return approve && await group.MemberAsync(userId) is null
                ? await LetInAsync(group, userId, inviteId.Value, new SystemBody("members_added", [userId], null), actorId)
                : Noted(chatId);
        });

    private const string FindRequestSql = "SELECT invite_id FROM chat_join_requests WHERE chat_id = @ChatId AND user_id = @UserId";

    private const string DropRequestSql = "DELETE FROM chat_join_requests WHERE chat_id = @ChatId AND user_id = @UserId";

    private static async Task<Change<GroupChange>> LetInAsync(GroupTransaction group, long userId, long inviteId, SystemBody record, long actorId)
    {
        await group.Connection.ExecuteAsync(UseSql, new { InviteId = inviteId }, group.Transaction);
        await group.Connection.ExecuteAsync(DropRequestSql, new { group.ChatId, UserId = userId }, group.Transaction);
        await group.JoinAsync([userId], "member");
        await group.RecordAsync(actorId, record);
        return await group.FinishAsync([userId]);
    }

    private const string UseSql = "UPDATE chat_invites SET uses = uses + 1 WHERE invite_id = @InviteId";

    public Task<IReadOnlyList<InviteRow>> ListAsync(long chatId, long afterInviteId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<InviteRow>>(
            async connection => (await connection.QueryAsync<InviteRow>(ListSql, new { ChatId = chatId, After = afterInviteId, Limit = limit })).AsList(),
            cancellationToken);

    private const string ListSql = """
        SELECT invite_id, created_by, created_at, expires_at, max_uses, uses, needs_approval, revoked_at
        FROM chat_invites
        WHERE chat_id = @ChatId AND invite_id > @After
        ORDER BY invite_id
        LIMIT @Limit
        """;

    public Task<IReadOnlyList<JoinRequestRow>> ListRequestsAsync(long chatId, long afterUserId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<JoinRequestRow>>(
            async connection => (await connection.QueryAsync<JoinRequestRow>(
                ListRequestsSql, new { ChatId = chatId, After = afterUserId, Limit = limit })).AsList(),
            cancellationToken);

    private const string ListRequestsSql = """
        SELECT u.user_id, u.name, u.username, u.status, u.profile_picture_url, u.picture_media_id, r.requested_at
        FROM chat_join_requests r
        JOIN users u ON u.user_id = r.user_id
        WHERE r.chat_id = @ChatId AND r.user_id > @After
        ORDER BY r.user_id
        LIMIT @Limit
        """;

    private static Change<GroupChange> Noted(long chatId) => new(new GroupChange(GroupOutcome.Done, chatId, null, []), [], []);

    private static Change<JoinResultRow> Answer(JoinOutcome outcome, long chatId, DateTime requestedAt = default) =>
        new(new JoinResultRow(outcome, chatId, null) { RequestedAt = requestedAt }, [], []);

    private sealed record Usable(long InviteId, bool NeedsApproval);
}
