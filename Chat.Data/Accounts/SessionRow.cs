namespace Chat.Data.Accounts;

/// <summary>A log-in of one device. Times are UTC.</summary>
public sealed record SessionRow(long SessionId, string? DeviceName, DateTime CreatedAt, DateTime LastUsedAt);

/// <param name="RefreshTokenHash">SHA-256 of the session's first refresh token.</param>
public sealed record NewSession(string? DeviceName, byte[] RefreshTokenHash, DateTime Now, DateTime ExpiresAt)
{
    public override string ToString() => "a new session";
}

/// <param name="RevokedSessionIds">Sessions that had to end because the user has too many.</param>
/// <param name="SuspendedUntil">Set when the user may not log in before; nothing was opened then.</param>
public sealed record OpenedSession(long SessionId, IReadOnlyList<long> RevokedSessionIds, DateTime? SuspendedUntil = null);

/// <summary>What came of showing a refresh token.</summary>
public enum RotationOutcome
{
    /// <summary>The token was good; it is used up and the next one is stored.</summary>
    Rotated,

    /// <summary>No such token.</summary>
    Unknown,

    /// <summary>The token is good, but its session has expired or was revoked.</summary>
    SessionEnded,

    /// <summary>The token had been used before. Its session is revoked now.</summary>
    Reused,
}

/// <param name="UserId">0 when the token is unknown; so is <paramref name="SessionId"/>.</param>
public sealed record Rotation(RotationOutcome Outcome, long UserId, long SessionId);

/// <summary>What came of ending one session of a user.</summary>
public enum RevokeOutcome
{
    Revoked,

    /// <summary>The session is the user's, but had ended before.</summary>
    AlreadyEnded,

    /// <summary>The user has no such session.</summary>
    Unknown,
}
