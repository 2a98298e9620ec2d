using Chat.Server.Errors;
using Chat.Server.Features.Invites;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <param name="Seconds">1–31,622,400 (366 days): how long it works; absent or null for as long as nobody revokes it.</param>
/// <param name="MaxUses">1–100,000: how many may come in by it; absent or null for any number.</param>
/// <param name="NeedsApproval">Whether somebody with <c>manage_invites</c> has to let each one in.</param>
public sealed record CreateInviteRequest(long ChatId, int? Seconds = null, int? MaxUses = null, bool NeedsApproval = false) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Range("seconds", Seconds, 1, Limits.InviteSeconds, 1);
        Check.Range("maxUses", MaxUses, 1, Limits.InviteUses, 1);
    }
}

/// <param name="Code">22 characters of <c>A-Z a-z 0-9 _ -</c>. Whoever has it may join. It is told only here: the server does not keep it.</param>
public sealed record CreateInviteResult(long ChatId, long InviteId, string Code);

public sealed record RevokeInviteRequest(long ChatId, long InviteId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("inviteId", InviteId);
    }
}

public sealed record RevokeInviteResult(long ChatId, long InviteId);

/// <param name="AfterInviteId">The last invite id of the page before; null for the first page.</param>
/// <param name="Limit">1–100, default 100.</param>
public sealed record ListInvitesRequest(long ChatId, long? AfterInviteId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (AfterInviteId is { } after) Check.Position("afterInviteId", after);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Invites">Ascending by id, those that no longer work among them.</param>
public sealed record InvitePage(long ChatId, IReadOnlyList<InviteView> Invites, bool HasMore);

/// <param name="MaxUses">Null for any number.</param>
/// <param name="Uses">How many came in by it.</param>
public sealed record InviteView(
    long InviteId, long CreatedBy, DateTime CreatedAt, DateTime? ExpiresAt, int? MaxUses, int Uses, bool NeedsApproval, DateTime? RevokedAt);

/// <param name="Code">What <c>CreateInvite</c> returned.</param>
public sealed record PreviewInviteRequest(string Code) : IHubRequest
{
    public void Validate() => InviteCodes.Check("code", Code);
}

/// <summary>What one may know of a group or channel before joining it.</summary>
/// <param name="Type">See <see cref="ChatTypes"/>.</param>
/// <param name="NeedsApproval">Whether joining means to ask.</param>
/// <param name="PictureMediaId">Its picture; ask for its address with the code. Null for none.</param>
public sealed record InvitePreview(string Type, string Title, int MemberCount, bool NeedsApproval, long? PictureMediaId);

/// <param name="Code">What <c>CreateInvite</c> returned.</param>
public sealed record JoinByInviteRequest(string Code) : IHubRequest
{
    public void Validate() => InviteCodes.Check("code", Code);
}

/// <param name="Joined">You are in it. Otherwise you asked to be let in, and hear of the answer (<c>JoinRequestAnswered</c>).</param>
/// <param name="ChatId">The chat, once you are in it; null before.</param>
public sealed record JoinByInviteResult(bool Joined, long? ChatId);

/// <param name="AfterUserId">The last user id of the page before; null for the first page.</param>
/// <param name="Limit">1–100, default 100.</param>
public sealed record ListJoinRequestsRequest(long ChatId, long? AfterUserId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (AfterUserId is { } after) Check.Position("afterUserId", after);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Requests">Ascending by user id.</param>
public sealed record JoinRequestPage(long ChatId, IReadOnlyList<JoinRequestView> Requests, bool HasMore);

public sealed record JoinRequestView(UserView User, DateTime RequestedAt);

/// <param name="UserId">Who asked.</param>
/// <param name="Approve">Lets them in; absent refuses.</param>
public sealed record AnswerJoinRequestRequest(long ChatId, long UserId, bool Approve = false) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("userId", UserId);
    }
}

/// <summary>Somebody asks to join a chat where you may answer (<c>AnswerJoinRequest</c>).</summary>
public sealed record JoinRequestedEvent(long ChatId, long UserId, DateTime RequestedAt);

/// <summary>What became of your request to join.</summary>
/// <param name="ChatId">The chat, when you were let in; null otherwise.</param>
/// <param name="Title">The group's.</param>
public sealed record JoinRequestAnsweredEvent(long? ChatId, string Title, bool Approved);
