using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <param name="UserId">Who is not to come in any more; also somebody who is not there.</param>
public sealed record BanMemberRequest(long ChatId, long UserId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("userId", UserId);
    }
}

public sealed record UnbanMemberRequest(long ChatId, long UserId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("userId", UserId);
    }
}

/// <param name="AfterUserId">The last user id of the page before; null for the first page.</param>
/// <param name="Limit">1–100, default 100.</param>
public sealed record ListBannedRequest(long ChatId, long? AfterUserId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (AfterUserId is { } after) Check.Position("afterUserId", after);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Banned">Ascending by user id.</param>
public sealed record BannedPage(long ChatId, IReadOnlyList<BannedView> Banned, bool HasMore);

/// <param name="BannedBy">The user id of who did it.</param>
/// <param name="BannedAt">UTC.</param>
public sealed record BannedView(UserView User, long BannedBy, DateTime BannedAt);
