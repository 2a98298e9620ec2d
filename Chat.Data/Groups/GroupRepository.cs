using System.Data.Common;
using Chat.Data.Bans;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Groups;

/// <summary>
/// Changes groups. Rights are checked in the transaction, under the chat's lock, so that two people acting at once
/// cannot both be right. Everything but the creation runs in the chat's append lane, which reports its messages in order.
/// </summary>
public sealed class GroupRepository(ChatDatabase database, MessageAppender appender, TimeProvider time) : IGroupStore
{
    public async Task<(GroupChange Change, MessageRow? Message)> CreateAsync(
        long ownerId, Guid creationKey, string title, string? description, IReadOnlyList<long> memberIds, CancellationToken cancellationToken)
    {
        var key = creationKey.ToByteArray(bigEndian: true);
        if (await FindCreatedAsync(ownerId, key, cancellationToken) is { } found) return (found, null);
        try
        {
            var made = await database.InTransactionAsync(
                (connection, transaction) => CreateAsync(connection, transaction, ownerId, key, title, description, memberIds, _changes.Now), cancellationToken);
            return (made.Answer, made.Messages.SingleOrDefault());
        }
        catch (Exception exception) when (exception.IsDuplicateKey("uq_chats_creation_key"))
        {
            return ((await FindCreatedAsync(ownerId, key, cancellationToken))!, null);
        }
    }

    private readonly GroupChanges _changes = new(appender, time);

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
        DbConnection connection, DbTransaction transaction, long ownerId, byte[] key, string title, string? description,
        IReadOnlyList<long> memberIds, DateTime now)
    {
        if (await GroupTransaction.FindMissingAsync(connection, transaction, memberIds) is { Count: > 0 } missing)
            return GroupChanges.Refused(GroupOutcome.UserNotFound, 0, missing);

        var chatId = await connection.InsertAsync(
            new CommandDefinition(CreateSql, new { Title = title, Description = description, OwnerId = ownerId, Key = key, Now = now }, transaction));
        var group = (await GroupTransaction.LockAsync(connection, transaction, chatId, now))!;
        await group.JoinAsync([ownerId], "owner");
        await group.JoinAsync(memberIds, "member");
        await group.RecordAsync(ownerId, new SystemBody("group_created", memberIds, title));
        return await group.FinishAsync(memberIds);
    }

    private const string CreateSql = """
        INSERT INTO chats (chat_type, chat_name, description, created_by, creation_key, created_at)
        VALUES ('group', @Title, @Description, @OwnerId, @Key, @Now)
        """;

    public Task<GroupChange> AddMembersAsync(long chatId, long actorId, IReadOnlyList<long> userIds, int maxMembers) =>
        _changes.RunAsync(chatId, actorId, ChatAction.AddMembers, leaving: [], async (group, _) =>
        {
            if (await group.FindMissingAsync(userIds) is { Count: > 0 } missing)
                return GroupChanges.Refused(GroupOutcome.UserNotFound, chatId, missing);
            var added = userIds.Except(await group.PresentAsync(userIds)).ToList();
            if (added.Count == 0) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            if (await BannedUsers.FindAsync(group, added) is { Count: > 0 } banned) return GroupChanges.Refused(GroupOutcome.Banned, chatId, banned);
            if (await group.IsFullForAsync(added.Count, maxMembers)) return GroupChanges.Refused(GroupOutcome.TooManyMembers, chatId);

            await group.JoinAsync(added, "member");
            await group.RecordAsync(actorId, new SystemBody("members_added", added, null));
            return await group.FinishAsync(added);
        });

    public Task<GroupChange> RemoveMemberAsync(long chatId, long actorId, long userId) =>
        _changes.RunAsync(chatId, actorId, userId, ChatAction.RemoveMember, leaving: [userId], async (group, _, member) =>
        {
            if (userId == actorId) return GroupChanges.Refused(GroupOutcome.Forbidden, chatId);
            await group.LeaveAsync(member);
            await group.RecordAsync(actorId, new SystemBody("member_removed", [userId], null));
            return await group.FinishAsync([userId]);
        });

    public Task<GroupChange> LeaveAsync(long chatId, long userId) =>
        _changes.RunAsync(chatId, userId, ChatAction.Leave, leaving: [userId], async (group, member) =>
        {
            await group.LeaveAsync(member);
            await group.RecordAsync(userId, new SystemBody("member_left", [userId], null));
            if (member.Role == "owner" && await group.HandOverAsync() is { } heir)
                await group.RecordAsync(userId, new SystemBody("owner_changed", [heir], null));
            return await group.FinishAsync([userId]);
        });

    public Task<GroupChange> UpdateInfoAsync(long chatId, long actorId, string? title, string? description) =>
        _changes.RunAsync(chatId, actorId, ChatAction.ChangeInfo, leaving: [], async (group, _) =>
        {
            var newTitle = title ?? group.Title;
            var newDescription = description is null ? group.Description : description.Length == 0 ? null : description;
            if (newTitle == group.Title && newDescription == group.Description) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            await group.SetInfoAsync(newTitle, newDescription);
            if (newTitle != group.Title) await group.RecordAsync(actorId, new SystemBody("title_changed", [], newTitle));
            if (newDescription != group.Description) await group.RecordAsync(actorId, new SystemBody("description_changed", [], null));
            return await group.FinishAsync([actorId]);
        });

    public Task<GroupChange> SetSlowModeAsync(long chatId, long actorId, int seconds) =>
        _changes.RunAsync(chatId, actorId, ChatAction.SetSlowMode, leaving: [], async (group, _) =>
        {
            if (seconds == group.SlowModeSeconds) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            await group.SetSlowModeAsync(seconds);
            await group.RecordAsync(actorId, new SystemBody("slow_mode_changed", [], null));
            return await group.FinishAsync([actorId]);
        });
}
