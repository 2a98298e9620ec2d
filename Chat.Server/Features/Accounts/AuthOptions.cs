using Microsoft.Extensions.Options;

namespace Chat.Server.Features.Accounts;

/// <summary>Section <c>Auth</c>.</summary>
public sealed record AuthOptions
{
    public const string Section = "Auth";

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
}

internal sealed class AuthOptionsValidator : IValidateOptions<AuthOptions>
{
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        var faults = new List<string>();
        Require(options.AccessTokenLifetime >= TimeSpan.FromSeconds(10), nameof(options.AccessTokenLifetime), "must be at least 10 seconds");
        Require(options.SessionLifetime > options.AccessTokenLifetime, nameof(options.SessionLifetime), "must be longer than Auth:AccessTokenLifetime");
        Require(options.MaxSessionsPerUser is >= 1 and <= 1000, nameof(options.MaxSessionsPerUser), "must be from 1 to 1000");
        Require(options.PasswordIterations is >= 1 and <= 100_000_000, nameof(options.PasswordIterations), "must be from 1 to 100000000");
        Require(options.PasswordConcurrency is >= 1 and <= 1024, nameof(options.PasswordConcurrency), "must be from 1 to 1024");
        Require(options.PasswordQueueLimit is >= 0 and <= 100_000, nameof(options.PasswordQueueLimit), "must be from 0 to 100000");
        Require(options.LoginFailuresPerAccount is >= 1 and <= 900_000, nameof(options.LoginFailuresPerAccount), "must be from 1 to 900000");
        Require(options.LoginFailuresPerAddress is >= 1 and <= 900_000, nameof(options.LoginFailuresPerAddress), "must be from 1 to 900000");
        Require(options.LoginFailureWindow >= TimeSpan.FromSeconds(1), nameof(options.LoginFailureWindow), "must be at least 1 second");
        Require(options.AuthCallsPerMinutePerAddress is >= 1 and <= 1_000_000, nameof(options.AuthCallsPerMinutePerAddress), "must be from 1 to 1000000");
        Require(options.LookupsPerMinutePerUser is >= 1 and <= 1_000_000, nameof(options.LookupsPerMinutePerUser), "must be from 1 to 1000000");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Require(bool holds, string key, string rule)
        {
            if (!holds) faults.Add($"{AuthOptions.Section}:{key} {rule}.");
        }
    }
}
