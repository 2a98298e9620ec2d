using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

public sealed record BlockUserRequest(long UserId) : IHubRequest
{
    public void Validate() => Check.Id("userId", UserId);
}

public sealed record UnblockUserRequest(long UserId) : IHubRequest
{
    public void Validate() => Check.Id("userId", UserId);
}

/// <param name="Blocked">Whether you block this person now.</param>
public sealed record BlockResult(long UserId, bool Blocked);

/// <param name="AfterUserId">The last user id of the page before; null for the first page.</param>
/// <param name="Limit">1–100, default 100.</param>
public sealed record ListBlockedRequest(long? AfterUserId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        if (AfterUserId is { } after) Check.Position("afterUserId", after);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Users">Whom you block, ascending by user id.</param>
public sealed record BlockedPage(IReadOnlyList<UserView> Users, bool HasMore);
