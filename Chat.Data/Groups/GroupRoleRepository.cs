using Chat.Data.Messages;
using Chat.Data.Permissions;

namespace Chat.Data.Groups;

/// <summary>
/// Changes roles and permissions. As with members, every right is checked under the chat's lock, and a group has exactly one owner at every
/// commit: whoever is the owner is written with whoever no longer is.
/// </summary>
public sealed class GroupRoleRepository(MessageAppender appender, TimeProvider time) : IGroupRoleStore
{
    private readonly GroupChanges _changes = new(appender, time);

    public Task<GroupChange> PromoteAsync(long chatId, long actorId, long userId) =>
        _changes.RunAsync(chatId, actorId, userId, ChatAction.Promote, leaving: [], async (group, actor, target) =>
        {
            if (target.Role != "member") return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            var granted = ChatRights.Admins & actor.Permissions;
            await group.SetRoleAsync(userId, "admin");
            await group.SetPermissionsAsync(userId, granted == ChatRights.Admins ? null : granted, actorId);
            await group.RecordAsync(actorId, new SystemBody("admin_added", [userId], null));
            return await group.FinishAsync([userId]);
        });

    public Task<GroupChange> DemoteAsync(long chatId, long actorId, long userId) =>
        _changes.RunAsync(chatId, actorId, userId, ChatAction.Demote, leaving: [], async (group, _, target) =>
        {
            if (target.Role != "admin") return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            await group.SetRoleAsync(userId, "member");
            await group.SetPermissionsAsync(userId, null, actorId);
            await group.RecordAsync(actorId, new SystemBody("admin_removed", [userId], null));
            return await group.FinishAsync([userId]);
        });

    public Task<GroupChange> TransferAsync(long chatId, long actorId, long userId) =>
        _changes.RunAsync(chatId, actorId, ChatAction.TransferOwnership, leaving: [], async (group, _) =>
        {
            if (userId == actorId) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            if (await group.MemberAsync(userId) is null) return GroupChanges.Refused(GroupOutcome.UserNotFound, chatId, userId);
            await group.SetRoleAsync(actorId, "admin");
            await group.MakeOwnerAsync(userId);
            await group.RecordAsync(actorId, new SystemBody("owner_changed", [userId], null));
            return await group.FinishAsync([actorId, userId]);
        });

    public Task<GroupChange> SetPermissionsAsync(long chatId, long actorId, long userId, ChatPermissions? permissions) =>
        _changes.RunAsync(chatId, actorId, userId, ChatAction.SetMemberPermissions, leaving: [], async (group, actor, target) =>
        {
            var after = ChatRights.Of(group.ChatType, group.DefaultPermissions, target.Role, permissions);
            if (!ChatRights.MayGrant(actor.Permissions, target.Permissions, after) || !ChatRights.MayHold(group.ChatType, target.Role, after)) return GroupChanges.Refused(GroupOutcome.Forbidden, chatId);
            if (target.Own == permissions is not null && after == target.Permissions) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            await group.SetPermissionsAsync(userId, permissions, actorId);
            return await group.FinishAsync([userId]);
        });

    public Task<GroupChange> SetDefaultsAsync(long chatId, long actorId, ChatPermissions permissions) =>
        _changes.RunAsync(chatId, actorId, ChatAction.SetDefaultPermissions, leaving: [], async (group, actor) =>
        {
            if (!ChatRights.MayGrant(actor.Permissions, group.DefaultPermissions, permissions)
                || !ChatRights.MayBeDefault(group.ChatType, permissions))
                return GroupChanges.Refused(GroupOutcome.Forbidden, chatId);
            if (group.DefaultPermissions == permissions) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            await group.SetDefaultPermissionsAsync(permissions);
            await group.RecordAsync(actorId, new SystemBody("permissions_changed", [], null));
            return await group.FinishAsync([actorId]);
        });

    public Task<GroupChange> MuteAsync(long chatId, long actorId, long userId, TimeSpan duration) =>
        _changes.RunAsync(chatId, actorId, userId, ChatAction.SilenceMember, leaving: [], async (group, actor, target) =>
        {
            if (userId == actorId) return GroupChanges.Refused(GroupOutcome.Forbidden, chatId);
            if (duration == TimeSpan.Zero && target.MutedUntil is null) return GroupChanges.Refused(GroupOutcome.Unchanged, chatId);
            await group.MuteAsync(userId, duration);
            return await group.FinishAsync([userId]);
        });
}
