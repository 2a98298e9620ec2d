using System.Data.Common;
using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Groups;

/// <summary>
/// Changes groups. Rights are checked in the transaction, under the chat's lock, so that two people acting at once
/// cannot both be right. Everything but the creation runs in the chat's append lane, which reports its messages in order.
/// </summary>
public sealed class GroupRepository(ChatDatabase database, MessageAppender appender, TimeProvider time) : IGroupStore
{
    public async Task<(GroupChange Change, MessageRow? Message)> CreateAsync(
        long ownerId, Guid creationKey, string title, IReadOnlyList<long> memberIds, CancellationToken cancellationToken)
    {
        var key = creationKey.ToByteArray(bigEndian: true);
        if (await FindCreatedAsync(ownerId, key, cancellationToken) is { } found) return (found, null);
        try
        {
            var made = await database.InTransactionAsync(
                (connection, transaction) => CreateAsync(connection, transaction, ownerId, key, title, memberIds, Now), cancellationToken);
            return (made.Answer, made.Messages.SingleOrDefault());
        }
        catch (Exception exception) when (exception.IsDuplicateKey("uq_chats_creation_key"))
        {
            return ((await FindCreatedAsync(ownerId, key, cancellationToken))!, null);
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private Task<GroupChange?> FindCreatedAsync(long ownerId, byte[] key, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var chatId = await connection.ExecuteScalarAsync<long?>(FindCreatedSql, new { OwnerId = ownerId, Key = key });
            return chatId is { } id ? new GroupChange(GroupOutcome.Unchanged, id, null, []) : null;
        }, cancellationToken);

    private const string FindCreatedSql = """
        SELECT chat_id FROM chats WHERE created_by = @OwnerId AND creation_key = @Key
        """;

    private static async Task<Change<GroupChange>> CreateAsync(
        DbConnection connection, DbTransaction transaction, long ownerId, byte[] key, string title, IReadOnlyList<long> memberIds, DateTime now)
    {
        if (await FindMissingAsync(connection, transaction, memberIds) is { Count: > 0 } missing)
            return Refused(GroupOutcome.UserNotFound, 0, missing);

        var chatId = await connection.InsertAsync(
            new CommandDefinition(CreateSql, new { Title = title, OwnerId = ownerId, Key = key, Now = now }, transaction));
        var group = (await GroupTransaction.LockAsync(connection, transaction, chatId, now))!;
        await group.JoinAsync([ownerId], "owner");
        await group.JoinAsync(memberIds, "member");
        await group.RecordAsync(ownerId, new SystemBody("group_created", memberIds, title));
        return await group.FinishAsync(memberIds);
    }

    private const string CreateSql = """
        INSERT INTO chats (chat_type, chat_name, created_by, creation_key, created_at)
        VALUES ('group', @Title, @OwnerId, @Key, @Now)
        """;

    public Task<GroupChange> AddMembersAsync(long chatId, long actorId, IReadOnlyList<long> userIds, int maxMembers) =>
        ChangeAsync(chatId, actorId, leaving: [], ownerOnly: true, async (group, connection, transaction) =>
        {
            if (await FindMissingAsync(connection, transaction, userIds) is { Count: > 0 } missing)
                return Refused(GroupOutcome.UserNotFound, chatId, missing);
            var members = await group.MembersAsync();
            var added = userIds.Except(members).ToList();
            if (added.Count == 0) return Refused(GroupOutcome.Unchanged, chatId);
            if (members.Count + added.Count > maxMembers) return Refused(GroupOutcome.TooManyMembers, chatId);

            await group.JoinAsync(added, "member");
            await group.RecordAsync(actorId, new SystemBody("members_added", added, null));
            return await group.FinishAsync(added);
        });

    public Task<GroupChange> RemoveMemberAsync(long chatId, long actorId, long userId) =>
        ChangeAsync(chatId, actorId, leaving: [userId], ownerOnly: true, async (group, _, _) =>
        {
            if (userId == actorId) return Refused(GroupOutcome.Forbidden, chatId);
            if (await group.RoleOfAsync(userId) is null) return Refused(GroupOutcome.UserNotFound, chatId, userId);
            await group.LeaveAsync(userId);
            await group.RecordAsync(actorId, new SystemBody("member_removed", [userId], null));
            return await group.FinishAsync([userId]);
        });

    public Task<GroupChange> LeaveAsync(long chatId, long userId) =>
        ChangeAsync(chatId, userId, leaving: [userId], ownerOnly: false, async (group, _, _) =>
        {
            var wasOwner = await group.RoleOfAsync(userId) == "owner";
            await group.LeaveAsync(userId);
            await group.RecordAsync(userId, new SystemBody("member_left", [userId], null));
            if (wasOwner && await group.HandOverAsync() is { } heir)
                await group.RecordAsync(userId, new SystemBody("owner_changed", [heir], null));
            return await group.FinishAsync([userId]);
        });

    private Task<GroupChange> ChangeAsync(
        long chatId, long actorId, IReadOnlyList<long> leaving, bool ownerOnly,
        Func<GroupTransaction, DbConnection, DbTransaction, Task<Change<GroupChange>>> change) =>
        appender.ChangeAsync(chatId, leaving, async (connection, transaction) =>
        {
            var group = await GroupTransaction.LockAsync(connection, transaction, chatId, Now);
            var role = group is null ? null : await group.RoleOfAsync(actorId);
            if (role is null) return Refused(GroupOutcome.NotFound, chatId);
            if (ownerOnly && role != "owner") return Refused(GroupOutcome.Forbidden, chatId);
            return await change(group!, connection, transaction);
        });

    private static async Task<List<long>> FindMissingAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<long> userIds)
    {
        var found = await connection.QueryAsync<long>(FindUsersSql, new { UserIds = userIds }, transaction);
        return [.. userIds.Except(found)];
    }

    private const string FindUsersSql = "SELECT user_id FROM users WHERE user_id IN @UserIds AND deleted_at IS NULL";

    private static Change<GroupChange> Refused(GroupOutcome outcome, long chatId, params IReadOnlyList<long> userIds) =>
        new(GroupChange.Refused(outcome, chatId, userIds), [], []);
}
