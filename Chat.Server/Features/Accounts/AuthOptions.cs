namespace Chat.Server.Features.Accounts;

/// <summary>Section <c>Auth</c>.</summary>
public sealed record AuthOptions
{
    /// <summary>How long an access token works. A revoked session ends it earlier.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a session lives after its last refresh.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(60);

    /// <summary>One more log-in ends the least recently used session.</summary>
    public int MaxSessionsPerUser { get; init; } = 50;

    /// <summary>PBKDF2 iterations of a new password hash. Hashes with fewer are renewed at the next log-in.</summary>
    public int PasswordIterations { get; init; } = 100_000;

    /// <summary>Passwords hashed at once. By default half of the cores: the other half stays with the hub during a flood of log-ins.</summary>
    public int PasswordConcurrency { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Passwords that may wait for their turn; beyond that, calls answer <c>unavailable</c>.</summary>
    public int PasswordQueueLimit { get; init; } = 200;

    /// <summary>Failed log-ins of one account within <see cref="LoginFailureWindow"/>; further ones are refused.</summary>
    public int LoginFailuresPerAccount { get; init; } = 10;

    /// <summary>Failed log-ins from one address within <see cref="LoginFailureWindow"/>; further ones are refused.</summary>
    public int LoginFailuresPerAddress { get; init; } = 100;

    public TimeSpan LoginFailureWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Calls of <c>/api/auth/…</c> from one address, on one node.</summary>
    public int AuthCallsPerMinutePerAddress { get; init; } = 300;

    /// <summary>Look-ups of other people by one user, on one node.</summary>
    public int LookupsPerMinutePerUser { get; init; } = 300;

    /// <summary>The first key that is wrong, and why; null when all are fine.</summary>
    internal static (string Key, string Reason)? FindFault(AuthOptions options) =>
        options.AccessTokenLifetime < TimeSpan.FromSeconds(10) ? (nameof(AccessTokenLifetime), "must be at least 10 seconds")
        : options.SessionLifetime <= options.AccessTokenLifetime ? (nameof(SessionLifetime), "must be longer than Auth:AccessTokenLifetime")
        : options.MaxSessionsPerUser is not (>= 1 and <= 1000) ? (nameof(MaxSessionsPerUser), "must be from 1 to 1000")
        : options.PasswordIterations is not (>= 1 and <= 100_000_000) ? (nameof(PasswordIterations), "must be from 1 to 100000000")
        : options.PasswordConcurrency is not (>= 1 and <= 1024) ? (nameof(PasswordConcurrency), "must be from 1 to 1024")
        : options.PasswordQueueLimit is not (>= 0 and <= 100_000) ? (nameof(PasswordQueueLimit), "must be from 0 to 100000")
        : options.LoginFailuresPerAccount is not (>= 1 and <= 900_000) ? (nameof(LoginFailuresPerAccount), "must be from 1 to 900000")
        : options.LoginFailuresPerAddress is not (>= 1 and <= 900_000) ? (nameof(LoginFailuresPerAddress), "must be from 1 to 900000")
        : options.LoginFailureWindow < TimeSpan.FromSeconds(1) ? (nameof(LoginFailureWindow), "must be at least 1 second")
        : options.AuthCallsPerMinutePerAddress is not (>= 1 and <= 1_000_000) ? (nameof(AuthCallsPerMinutePerAddress), "must be from 1 to 1000000")
        : options.LookupsPerMinutePerUser is not (>= 1 and <= 1_000_000) ? (nameof(LookupsPerMinutePerUser), "must be from 1 to 1000000")
        : null;
}
