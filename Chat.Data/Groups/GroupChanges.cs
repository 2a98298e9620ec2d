using System.Data.Common;
using Chat.Data.Messages;
using Chat.Data.Permissions;

namespace Chat.Data.Groups;

/// <summary>
/// Runs changes of a group in the chat's append lane, which reports their messages in order. Rights are checked in the transaction, under the
/// chat's lock, so that two people acting at once cannot both be right.
/// </summary>
internal sealed class GroupChanges(MessageAppender appender, TimeProvider time)
{
    public DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <param name="leaving">See <see cref="IMessageAppender.ChangeAsync"/>.</param>
    /// <param name="change">Given the locked group, and who acts and may do so.</param>
    public Task<GroupChange> RunAsync(
        long chatId, long actorId, ChatAction action, IReadOnlyList<long> leaving, Func<GroupTransaction, GroupMember, Task<Change<GroupChange>>> change) =>
        appender.ChangeAsync(chatId, leaving, async (connection, transaction) =>
        {
            var group = await GroupTransaction.LockAsync(connection, transaction, chatId, Now);
            var actor = group is null ? null : await group.MemberAsync(actorId);
            if (actor is null) return Refused(GroupOutcome.NotFound, chatId);
            if (!ChatRights.MayDo(action, group!.ChatType, actor.Role, actor.Permissions)) return Refused(GroupOutcome.Forbidden, chatId);
            return await change(group, actor);
        });

    /// <summary>The same for what is done to a member, whom one must be allowed to act on.</summary>
    public Task<GroupChange> RunAsync(
        long chatId, long actorId, long targetId, ChatAction action, IReadOnlyList<long> leaving,
        Func<GroupTransaction, GroupMember, GroupMember, Task<Change<GroupChange>>> change) =>
        RunAsync(chatId, actorId, action, leaving, async (group, actor) =>
        {
            if (await group.MemberAsync(targetId) is not { } target) return Refused(GroupOutcome.UserNotFound, chatId, targetId);
            return ChatRights.MayActOn(actor.Role, actor.Permissions, target.Role)
                ? await change(group, actor, target)
                : Refused(GroupOutcome.Forbidden, chatId);
        });

    public static Change<GroupChange> Refused(GroupOutcome outcome, long chatId, params IReadOnlyList<long> userIds) =>
        new(GroupChange.Refused(outcome, chatId, userIds), [], []);
}

/// <summary>Somebody in a group, as the database says under its lock.</summary>
/// <param name="Permissions">What the member may do.</param>
/// <param name="Own">Whether that was set for this member, and does not come from the role.</param>
internal sealed record GroupMember(long UserId, string Role, ChatPermissions Permissions, bool Own, DateTime? MutedUntil);
