using System.ComponentModel;
using Chat.Server.Hubs.Contract;
using Chat.Server.Validation;

namespace Chat.Server.Features.Accounts;

// Fields that must be there are nullable all the same: what is missing is then refused by name, like everything else.
// Whatever holds a password or a token says nothing of itself when printed.

public sealed record RegisterRequest(
    [property: Description("1-100 characters.")] string? Name,
    [property: Description("E.164: a plus and 8-15 digits.")] string? PhoneNumber,
    [property: Description("8-128 characters.")] string? Password,
    [property: Description("3-32 of a-z, 0-9, _; begins with a letter; upper case is folded.")] string? Username = null,
    [property: Description("What the list of sessions shows; up to 100 characters.")] string? DeviceName = null)
{
    public override string ToString() => nameof(RegisterRequest);
}

public sealed record LogInRequest(
    [property: Description("Phone number or username.")] string? Login,
    string? Password,
    [property: Description("What the list of sessions shows; up to 100 characters.")] string? DeviceName = null)
{
    public override string ToString() => nameof(LogInRequest);
}

public sealed record RefreshRequest([property: Description("Works once; the answer holds the next.")] string? RefreshToken)
{
    public override string ToString() => nameof(RefreshRequest);
}

/// <param name="AccessToken">For <c>Authorization: Bearer</c>.</param>
/// <param name="RefreshToken">Works once.</param>
public sealed record AuthResult(string AccessToken, long ExpiresInSeconds, string RefreshToken, long SessionId, Profile User)
{
    public override string ToString() => $"{nameof(AuthResult)} of session {SessionId}";
}

/// <summary>A person as only that person sees it.</summary>
/// <param name="CreatedAt">UTC.</param>
public sealed record Profile(
    long UserId, string Name, string PhoneNumber, string? Username, string? Status, string? ProfilePictureUrl, long? PictureMediaId, DateTime CreatedAt);

/// <summary>Absent keeps, null clears.</summary>
public sealed record UpdateProfileRequest
{
    [Description("1-100 characters; cannot be cleared.")]
    public Optional<string?> Name { get; init; }

    [Description("3-32 of a-z, 0-9, _; begins with a letter; null gives it up.")]
    public Optional<string?> Username { get; init; }

    [Description("Up to 140 characters; null clears.")]
    public Optional<string?> Status { get; init; }

    [Description("Absolute http or https address, up to 500 characters; null clears.")]
    public Optional<string?> ProfilePictureUrl { get; init; }

    [Description("An image: an upload of yours, or one that you see; shown rather than the address. Null clears.")]
    public Optional<long?> PictureMediaId { get; init; }
}

public sealed record ChangePasswordRequest(
    string? CurrentPassword,
    [property: Description("8-128 characters.")] string? NewPassword)
{
    public override string ToString() => nameof(ChangePasswordRequest);
}

public sealed record ChangePhoneNumberRequest(
    [property: Description("Your present password.")] string? Password,
    [property: Description("E.164: a plus and 8-15 digits.")] string? PhoneNumber)
{
    public override string ToString() => nameof(ChangePhoneNumberRequest);
}

public sealed record DeleteAccountRequest([property: Description("Your present password.")] string? Password)
{
    public override string ToString() => nameof(DeleteAccountRequest);
}

/// <param name="Sessions">Live ones, the last used first.</param>
public sealed record SessionList(IReadOnlyList<SessionView> Sessions);

/// <param name="LastUsedAt">UTC; when its token was last refreshed.</param>
/// <param name="Current">Whether it is the session that asks.</param>
public sealed record SessionView(long SessionId, string? DeviceName, DateTime CreatedAt, DateTime LastUsedAt, bool Current);

/// <param name="Users">Ascending by id; unknown ids are left out.</param>
public sealed record UserList(IReadOnlyList<UserView> Users);
