using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Bans;

/// <summary>
/// Bans. They are written, and every way in asks for them (<see cref="BannedUsers"/>), under the lock of the chat's row: whoever comes in at the same
/// time is either there to be removed, or finds the ban.
/// </summary>
public sealed class BanRepository(ChatDatabase database, MessageAppender appender, TimeProvider time) : IBanStore
{
    private readonly GroupChanges _changes = new(appender, time);

    public Task<GroupChange> BanAsync(long chatId, long actorId, long userId) =>
        _changes.RunAsync(chatId, actorId, ChatAction.BanMember, leaving: [userId], async (group, actor) =>
        {
            var member = await group.MemberAsync(userId);
            if (userId == actorId || !ChatRights.MayActOn(actor.Role, actor.Permissions, member?.Role ?? "member"))
                return GroupChanges.Refused(GroupOutcome.Forbidden, chatId);
            if (member is null && await group.FindMissingAsync([userId]) is { Count: > 0 } missing)
                return GroupChanges.Refused(GroupOutcome.UserNotFound, chatId, missing);

            var key = new { ChatId = chatId, UserId = userId, ActorId = actorId, _changes.Now };
            var isNew = (await BannedUsers.FindAsync(group, [userId])).Count == 0;
            if (isNew) await group.Connection.ExecuteAsync(BanSql, key, group.Transaction);
            await group.Connection.ExecuteAsync(DropRequestSql, key, group.Transaction);
            if (member is null)
            {
                if (!isNew) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
                // Whoever comes in at the same time writes the chat's row, and has to meet this.
                await group.TouchAsync();
                return Noted(chatId);
            }

            await group.LeaveAsync(member);
            await group.RecordAsync(actorId, new SystemBody("member_removed", [userId], null));
            return await group.FinishAsync([userId]);
        });

    private const string BanSql = """
        INSERT INTO chat_bans (chat_id, user_id, banned_by, banned_at) VALUES (@ChatId, @UserId, @ActorId, @Now)
        """;

    // Nobody is to be asked any more whether they may come in.
    private const string DropRequestSql = "DELETE FROM chat_join_requests WHERE chat_id = @ChatId AND user_id = @UserId";

    public Task<GroupChange> UnbanAsync(long chatId, long actorId, long userId) =>
        _changes.RunAsync(chatId, actorId, ChatAction.UnbanMember, leaving: [], async (group, _) =>
            await group.Connection.ExecuteAsync(UnbanSql, new { ChatId = chatId, UserId = userId }, group.Transaction) > 0
                ? Noted(chatId)
                : GroupChanges.Refused(GroupOutcome.Unchanged, chatId));

    private const string UnbanSql = "DELETE FROM chat_bans WHERE chat_id = @ChatId AND user_id = @UserId";

    public Task<IReadOnlyList<BannedRow>> ListAsync(long chatId, long afterUserId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<BannedRow>>(
            async connection => (await connection.QueryAsync<BannedRow>(new CommandDefinition(
                ListSql, new { ChatId = chatId, After = afterUserId, Limit = limit }, cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    private const string ListSql = """
        SELECT u.user_id, u.name, u.username, u.status, u.profile_picture_url, u.picture_media_id, b.banned_by, b.banned_at
        FROM chat_bans b
        JOIN users u ON u.user_id = b.user_id
        WHERE b.chat_id = @ChatId AND b.user_id > @After
        ORDER BY b.user_id
        LIMIT @Limit
        """;

    private static Change<GroupChange> Noted(long chatId) => new(new GroupChange(GroupOutcome.Done, chatId, null, []), [], []);
}
