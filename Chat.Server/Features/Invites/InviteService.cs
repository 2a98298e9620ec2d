using Chat.Data.Chats;
using Chat.Data.Groups;
using Chat.Data.Invites;
using Chat.Data.Permissions;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Groups;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Invites;

/// <summary>Invite links and requests to join. What changes is checked by the store, under the chat's lock.</summary>
public sealed class InviteService(
    IInviteStore invites,
    IRightsReader rights,
    IChatHeadReader heads,
    RosterCache rosters,
    GroupAnnouncer announcer,
    InviteNotifier notifier,
    PrivacyService privacy,
    GroupOptions options)
{
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>.</exception>
    public async Task<CreateInviteResult> CreateAsync(long actorId, CreateInviteRequest request)
    {
        var code = InviteCodes.New();
        var lifetime = request.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var (change, inviteId) = await invites.CreateAsync(
            request.ChatId, actorId, new NewInvite(InviteCodes.Hash(code), lifetime, request.MaxUses, request.NeedsApproval));
        change.Accepted("chatId");
        return new CreateInviteResult(request.ChatId, inviteId, code);
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>.</exception>
    public async Task<RevokeInviteResult> RevokeAsync(long actorId, RevokeInviteRequest request)
    {
        var change = await invites.RevokeAsync(request.ChatId, actorId, request.InviteId);
        if (change.Outcome is GroupOutcome.UserNotFound) throw ChatException.Invalid("inviteId", "is none of this chat");
        change.Accepted("inviteId");
        return new RevokeInviteResult(request.ChatId, request.InviteId);
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>.</exception>
    public async Task<InvitePage> ListAsync(long userId, ListInvitesRequest request, CancellationToken cancellationToken)
    {
        await EnsureManagesAsync(request.ChatId, userId, cancellationToken);
        var limit = request.Limit ?? Limits.PageSize;
        var rows = await invites.ListAsync(request.ChatId, request.AfterInviteId ?? 0, limit + 1, cancellationToken);
        return new InvitePage(request.ChatId, [.. rows.Take(limit).Select(ToView)], rows.Count > limit);
    }

    /// <exception cref="ChatException"><c>not_found</c> for a code that does not work, for whatever reason.</exception>
    public async Task<InvitePreview> PreviewAsync(PreviewInviteRequest request, CancellationToken cancellationToken)
    {
        var row = await invites.PreviewAsync(InviteCodes.Hash(request.Code), cancellationToken) ?? throw NoSuchInvite();
        return new InvitePreview(row.ChatType, row.ChatName ?? "", (int)row.MemberCount, row.NeedsApproval, row.PictureMediaId);
    }

    /// <exception cref="ChatException"><c>not_found</c> for a code that does not work; <c>too_large</c> for a full group; <c>forbidden</c> for who is banned.</exception>
    public async Task<JoinByInviteResult> JoinAsync(long userId, JoinByInviteRequest request)
    {
        var joined = await invites.JoinAsync(InviteCodes.Hash(request.Code), userId, options.MaxMembers);
        switch (joined.Outcome)
        {
            case JoinOutcome.Joined:
                await announcer.AnnounceMembersAsync(joined.ChatId, userId, [userId]);
                return new JoinByInviteResult(Joined: true, joined.ChatId);
            case JoinOutcome.AlreadyIn:
                return new JoinByInviteResult(Joined: true, joined.ChatId);
            case JoinOutcome.Requested:
                if (await rosters.GetAsync(joined.ChatId) is { } roster)
                    notifier.Requested(roster, new JoinRequestedEvent(joined.ChatId, userId, joined.RequestedAt));
                return new JoinByInviteResult(Joined: false, ChatId: null);
            case JoinOutcome.TooManyMembers:
                throw ChatException.TooLarge("code", $"the group is full: it has {options.MaxMembers} members");
            case JoinOutcome.Banned:
                throw ChatException.Forbidden("you are banned there");
            default:
                throw NoSuchInvite();
        }
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>.</exception>
    public async Task<JoinRequestPage> ListRequestsAsync(long userId, ListJoinRequestsRequest request, CancellationToken cancellationToken)
    {
        await EnsureManagesAsync(request.ChatId, userId, cancellationToken);
        var limit = request.Limit ?? Limits.PageSize;
        var rows = await invites.ListRequestsAsync(request.ChatId, request.AfterUserId ?? 0, limit + 1, cancellationToken);
        var views = rows.Take(limit).Select(ToView).ToList();
        var users = await privacy.HideAsync(userId, [.. views.Select(view => view.User)], cancellationToken);
        return new JoinRequestPage(request.ChatId, [.. views.Zip(users, (view, user) => view with { User = user })], rows.Count > limit);
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>too_large</c>; <c>invalid</c>: nobody of that id waits.</exception>
    public async Task<MembershipResult> AnswerAsync(long actorId, AnswerJoinRequestRequest request)
    {
        var change = await invites.AnswerAsync(request.ChatId, actorId, request.UserId, request.Approve, options.MaxMembers);
        if (change.Outcome is GroupOutcome.UserNotFound) throw ChatException.Invalid("userId", "did not ask to join, or was answered");
        change.Accepted("userId", options.MaxMembers);
        var head = await heads.FindAsync(request.ChatId, actorId, CancellationToken.None);
        notifier.Answered(request.UserId, new JoinRequestAnsweredEvent(request.Approve ? request.ChatId : null, head?.ChatName ?? "", request.Approve));
        if (change.UserIds.Count > 0) await announcer.AnnounceMembersAsync(request.ChatId, actorId, change.UserIds);
        return change.ToResult();
    }

    private async Task EnsureManagesAsync(long chatId, long userId, CancellationToken cancellationToken)
    {
        var mine = await rights.FindAsync(chatId, userId, cancellationToken) ?? throw ChatException.ChatNotFound();
        // Direct chats are answered as if there were none: they have no invites at all.
        if (mine.ChatType == ChatTypes.Direct) throw ChatException.ChatNotFound();
        if (!mine.MayDo(ChatAction.ManageInvites)) throw ChatException.Forbidden("you may not do this here");
    }

    private static ChatException NoSuchInvite() => ChatException.NotFound("this invite");

    private static InviteView ToView(InviteRow row) => new(
        row.InviteId, row.CreatedBy, row.CreatedAt, row.ExpiresAt, row.MaxUses, row.Uses, row.NeedsApproval, row.RevokedAt);

    private static JoinRequestView ToView(JoinRequestRow row) =>
        new(row.ToUser(), row.RequestedAt);
}
