using Chat.Data.Permissions;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

public sealed record PromoteMemberRequest(long ChatId, long UserId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("userId", UserId);
    }
}

public sealed record DemoteMemberRequest(long ChatId, long UserId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("userId", UserId);
    }
}

public sealed record TransferOwnershipRequest(long ChatId, long UserId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("userId", UserId);
    }
}

/// <param name="Permissions">All that this one may do; none for nothing. Null or absent for what the role gives.</param>
public sealed record SetMemberPermissionsRequest(long ChatId, long UserId, IReadOnlyList<string>? Permissions = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("userId", UserId);
        if (Permissions is not null) PermissionLists.Read("permissions", Permissions);
    }
}

/// <param name="Permissions">All that members may do for whom nothing else is set; none for nothing.</param>
public sealed record SetDefaultPermissionsRequest(long ChatId, IReadOnlyList<string> Permissions) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        PermissionLists.Read("permissions", Permissions);
    }
}

/// <param name="Seconds">1–31,622,400 (366 days) from now; absent or null lets the member send again.</param>
public sealed record SilenceMemberRequest(long ChatId, long UserId, int? Seconds = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("userId", UserId);
        Check.Range("seconds", Seconds, 1, Limits.SilenceSeconds, 1);
    }
}

/// <summary>Permissions as a request names them.</summary>
internal static class PermissionLists
{
    /// <exception cref="ChatException"><c>invalid</c> or <c>too_large</c>.</exception>
    public static ChatPermissions Read(string field, IReadOnlyList<string>? names)
    {
        if (names is null) throw ChatException.Invalid(field, "is required");
        if (names.Count > Limits.PageSize) throw ChatException.TooLarge(field, $"must hold at most {Limits.PageSize} names");
        return PermissionNames.Read(names) ?? throw ChatException.Invalid(field, $"knows only {string.Join(", ", PermissionNames.All)}");
    }
}
