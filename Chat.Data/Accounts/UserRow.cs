namespace Chat.Data.Accounts;

/// <summary>A person as stored, without the password hash. Times are UTC.</summary>
public sealed record UserRow(
    long UserId,
    string Name,
    string PhoneNumber,
    string? Username,
    string? Status,
    string? ProfilePictureUrl,
    long? PictureMediaId,
    DateTime CreatedAt) : IPersonRow
{
    public override string ToString() => $"user {UserId}";
}

/// <summary>What a log-in is checked against.</summary>
public sealed record CredentialsRow(long UserId, string PasswordHash)
{
    public override string ToString() => $"credentials of user {UserId}";
}

/// <param name="PhoneNumber">E.164.</param>
/// <param name="Username">Lower case, or null.</param>
public sealed record NewUser(string Name, string PhoneNumber, string? Username, string PasswordHash, DateTime CreatedAt)
{
    public override string ToString() => "a new user";
}

/// <summary>A change of a profile: only where <c>Set…</c> is true is the value stored; null clears what may be null.</summary>
public sealed record ProfileChange(
    bool SetName,
    string? Name,
    bool SetUsername,
    string? Username,
    bool SetStatus,
    string? Status,
    bool SetProfilePictureUrl,
    string? ProfilePictureUrl,
    bool SetPictureMediaId,
    long? PictureMediaId);
