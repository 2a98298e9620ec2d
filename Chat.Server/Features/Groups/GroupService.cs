using Chat.Data.Chats;
using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Features.Channels;
using Chat.Server.Features.Chats;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Groups;

/// <summary>The rules of groups: who is in them, what they say of themselves; most hold for channels as well. Rights are checked by the store, under the chat's lock.</summary>
public sealed class GroupService(
    IGroupStore groups,
    IChatHeadReader heads,
    RosterCache rosters,
    ChatNotifier notifier,
    GroupAnnouncer announcer,
    ChannelService channels,
    PrivacyService privacy,
    IAppendObserver messages,
    GroupOptions options)
{
    /// <summary>Goes on when its caller hangs up: who is in a group that is committed must be subscribed and told.</summary>
    /// <exception cref="ChatException"><c>invalid</c>: a member does not exist.</exception>
    public async Task<ChatView> CreateAsync(long ownerId, CreateGroupRequest request)
    {
        var memberIds = request.MemberIds.Distinct().Where(id => id != ownerId).ToList();
        if (memberIds.Count == 0) throw ChatException.Invalid("memberIds", "must name somebody else");
        if (memberIds.Count >= options.MaxMembers) throw ChatException.TooLarge("memberIds", $"a group has at most {options.MaxMembers} members");
        if (await privacy.FindNotAddableAsync(ownerId, memberIds, CancellationToken.None) is { Count: > 0 } notAllowed)
            throw ChatException.Forbidden($"these people do not let you add them to groups; leave them out, and invite them: {string.Join(", ", notAllowed)}");

        var (change, message) = await groups.CreateAsync(
            ownerId, request.ClientGroupId, request.Title.Trim(), request.Description?.Trim() is { Length: > 0 } text ? text : null, memberIds, CancellationToken.None);
        if (change.Outcome is GroupOutcome.UserNotFound)
            throw ChatException.Invalid("memberIds", $"no such user: {string.Join(", ", change.UserIds)}");

        if (message is not null)
        {
            // The chat is new, so no lane is concerned: what a lane would do for its members is done here.
            await messages.MembersChangedAsync(change.ChatId, [ownerId, .. memberIds]);
            await announcer.AnnounceAsync(change.ChatId, ownerId);
            messages.Committed([new StoredMessage(message, Roster: null, Origin: null)]);
        }
        return (await heads.FindAsync(change.ChatId, ownerId, CancellationToken.None) ?? throw ChatException.ChatNotFound()).ToView();
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>, <c>too_large</c>.</exception>
    public async Task<MembershipResult> AddMembersAsync(long actorId, AddMembersRequest request)
    {
        var userIds = request.UserIds.Distinct().ToList();
        // Strangers to the chat are told so by the store, and nothing of anybody's privacy.
        if (await rosters.GetAsync(request.ChatId) is not { } roster || !roster.MayHave(actorId)) throw ChatException.ChatNotFound();
        // In a channel, all the store has to say to who is not in the roster is that they may not.
        IReadOnlyList<long> notAllowed = !roster.Has(actorId) ? [] : await privacy.FindNotAddableAsync(actorId, [.. userIds.Where(id => !roster.Has(id))], CancellationToken.None);
        var change = (await groups.AddMembersAsync(request.ChatId, actorId, [.. userIds.Except(notAllowed)], options.MaxMembers))
            .Accepted("userIds", options.MaxMembers);
        if (change.Outcome is GroupOutcome.Done) await announcer.AnnounceMembersAsync(request.ChatId, actorId, change.UserIds);
        return change.ToResult() with { NotAllowedIds = notAllowed };
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>.</exception>
    public async Task<MembershipResult> RemoveMemberAsync(long actorId, RemoveMemberRequest request)
    {
        var change = (await groups.RemoveMemberAsync(request.ChatId, actorId, request.UserId)).Accepted("userId");
        notifier.Removed(change.ChatId, change.UserIds);
        await announcer.AnnounceMembersAsync(request.ChatId, actorId, []);
        return change.ToResult();
    }

    /// <exception cref="ChatException"><c>not_found</c>.</exception>
    public async Task<MembershipResult> LeaveAsync(long userId, LeaveGroupRequest request)
    {
        if (await rosters.GetAsync(request.ChatId) is { IsChannel: true } channel && !channel.Has(userId))
            return await channels.LeaveAsync(userId, request.ChatId);
        var change = (await groups.LeaveAsync(request.ChatId, userId)).Accepted("chatId");
        notifier.Removed(change.ChatId, change.UserIds);
        if (await rosters.GetAsync(request.ChatId) is { Members: { Count: > 0 } members })
            await announcer.AnnounceMembersAsync(request.ChatId, members.Keys[0], []);
        return change.ToResult();
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>.</exception>
    public async Task<MembershipResult> UpdateInfoAsync(long actorId, UpdateChatInfoRequest request) =>
        await ChangedAsync(actorId, await groups.UpdateInfoAsync(request.ChatId, actorId, request.Title?.Trim(), request.Description?.Trim()));

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>.</exception>
    public async Task<MembershipResult> SetSlowModeAsync(long actorId, SetSlowModeRequest request) =>
        await ChangedAsync(actorId, await groups.SetSlowModeAsync(request.ChatId, actorId, request.Seconds ?? 0));

    private async Task<MembershipResult> ChangedAsync(long actorId, GroupChange change)
    {
        change.Accepted("chatId");
        if (change.Outcome is GroupOutcome.Done) await announcer.AnnounceAsync(change.ChatId, actorId);
        return change.ToResult();
    }
}
