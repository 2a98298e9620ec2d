using Chat.Data.Chats;
using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Features.Chats;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Groups;

/// <summary>The rules of groups in their plainest form. Rights are checked by the store, under the chat's lock.</summary>
public sealed class GroupService(
    IGroupStore groups,
    IChatHeadReader heads,
    RosterCache rosters,
    ChatNotifier notifier,
    PrivacyService privacy,
    IAppendObserver messages)
{
    /// <summary>Goes on when its caller hangs up: who is in a group that is committed must be subscribed and told.</summary>
    /// <exception cref="ChatException"><c>invalid</c>: a member does not exist.</exception>
    public async Task<ChatView> CreateAsync(long ownerId, CreateGroupRequest request)
    {
        var memberIds = request.MemberIds.Distinct().Where(id => id != ownerId).ToList();
        if (memberIds.Count == 0) throw ChatException.Invalid("memberIds", "must name somebody else");
        if (await privacy.FindNotAddableAsync(ownerId, memberIds, CancellationToken.None) is { Count: > 0 } notAllowed)
            throw ChatException.Forbidden($"these people do not let you add them to groups; leave them out, and invite them: {string.Join(", ", notAllowed)}");

        var (change, message) = await groups.CreateAsync(ownerId, request.ClientGroupId, request.Title.Trim(), memberIds, CancellationToken.None);
        if (change.Outcome is GroupOutcome.UserNotFound)
            throw ChatException.Invalid("memberIds", $"no such user: {string.Join(", ", change.UserIds)}");

        if (message is not null)
        {
            // The chat is new, so no lane is concerned: what a lane would do for its members is done here.
            await messages.MembersChangedAsync(change.ChatId, [ownerId, .. memberIds]);
            await AnnounceAsync(change.ChatId, ownerId);
            messages.Committed([new StoredMessage(message, Roster: null, Origin: null)]);
        }
        return (await heads.FindAsync(change.ChatId, ownerId, CancellationToken.None) ?? throw ChatException.ChatNotFound()).ToView();
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>, <c>too_large</c>.</exception>
    public async Task<MembershipResult> AddMembersAsync(long actorId, AddMembersRequest request)
    {
        var userIds = request.UserIds.Distinct().ToList();
        // Strangers to the chat are told so by the store, and nothing of anybody's privacy.
        if (await rosters.GetAsync(request.ChatId) is not { } roster || !roster.Has(actorId)) throw ChatException.ChatNotFound();
        var notAllowed = await privacy.FindNotAddableAsync(actorId, [.. userIds.Where(id => !roster.Has(id))], CancellationToken.None);
        var change = Accepted(await groups.AddMembersAsync(request.ChatId, actorId, [.. userIds.Except(notAllowed)], Limits.GroupSize), "userIds");
        if (change.Outcome is GroupOutcome.Done) await AnnounceAsync(request.ChatId, actorId);
        return Result(change) with { NotAllowedIds = notAllowed };
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>.</exception>
    public async Task<MembershipResult> RemoveMemberAsync(long actorId, RemoveMemberRequest request)
    {
        var change = Accepted(await groups.RemoveMemberAsync(request.ChatId, actorId, request.UserId), "userId");
        notifier.Removed(change.ChatId, change.UserIds);
        await AnnounceAsync(request.ChatId, actorId);
        return Result(change);
    }

    /// <exception cref="ChatException"><c>not_found</c>.</exception>
    public async Task<MembershipResult> LeaveAsync(long userId, LeaveGroupRequest request)
    {
        var change = Accepted(await groups.LeaveAsync(request.ChatId, userId), "chatId");
        notifier.Removed(change.ChatId, change.UserIds);
        if (await rosters.GetAsync(request.ChatId) is { Members: { Count: > 0 } members })
            await AnnounceAsync(request.ChatId, members.Keys[0]);
        return Result(change);
    }

    /// <summary>Tells everybody in the group what it looks like now, as one who is in it sees it.</summary>
    private async Task AnnounceAsync(long chatId, long memberId)
    {
        if (await heads.FindAsync(chatId, memberId, CancellationToken.None) is { } head)
            notifier.Updated(new ChatUpdatedEvent(chatId, head.ChatType, head.ChatName, (int)head.MemberCount));
    }

    private static GroupChange Accepted(GroupChange change, string field) => change.Outcome switch
    {
        GroupOutcome.Done or GroupOutcome.Unchanged => change,
        GroupOutcome.NotFound => throw ChatException.ChatNotFound(),
        GroupOutcome.Forbidden => throw ChatException.Forbidden("only the owner may do this, and the owner leaves rather than being removed"),
        GroupOutcome.UserNotFound => throw ChatException.Invalid(field, $"no such user: {string.Join(", ", change.UserIds)}"),
        GroupOutcome.TooManyMembers => throw ChatException.TooLarge(field, $"a group has at most {Limits.GroupSize} members"),
        _ => throw new InvalidOperationException($"Unknown outcome {change.Outcome}."),
    };

    private static MembershipResult Result(GroupChange change) => new(change.ChatId, change.MessageId, change.UserIds, []);
}
