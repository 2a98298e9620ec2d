using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Makes an invite, for those with <c>manage_invites</c>.</summary>
    public Task<CreateInviteResult> CreateInvite(CreateInviteRequest request) => ruling.Invites.CreateAsync(CallerId, request);

    /// <summary>Ends an invite, for those with <c>manage_invites</c>. Who came in by it stays.</summary>
    public Task<RevokeInviteResult> RevokeInvite(RevokeInviteRequest request) => ruling.Invites.RevokeAsync(CallerId, request);

    /// <summary>The invites of a chat, for those with <c>manage_invites</c>.</summary>
    public Task<InvitePage> ListInvites(ListInvitesRequest request) => ruling.Invites.ListAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>What an invite leads to, for whoever has its code.</summary>
    public Task<InvitePreview> PreviewInvite(PreviewInviteRequest request) => ruling.Invites.PreviewAsync(request, Context.ConnectionAborted);

    /// <summary>Joins, or asks to. A repeat is free.</summary>
    public Task<JoinByInviteResult> JoinByInvite(JoinByInviteRequest request) => ruling.Invites.JoinAsync(CallerId, request);

    /// <summary>Who waits to be let in, for those with <c>manage_invites</c>.</summary>
    public Task<JoinRequestPage> ListJoinRequests(ListJoinRequestsRequest request) =>
        ruling.Invites.ListRequestsAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>Lets somebody in who asked, or not, for those with <c>manage_invites</c>.</summary>
    public Task<MembershipResult> AnswerJoinRequest(AnswerJoinRequestRequest request) => ruling.Invites.AnswerAsync(CallerId, request);
}
