using System.Security.Cryptography;
using System.Text;
using Chat.Data.Accounts;
using Chat.Server.Errors;

namespace Chat.Server.Features.Accounts;

/// <summary>One try to log in, as the throttle counts it.</summary>
internal sealed record LoginAttempt(string Account, string Address);

/// <summary>
/// Limits failed log-ins per account and per address, over all nodes. An attempt on an account is counted before the password is looked at
/// and forgotten when it is right: however many tries run at once, no more than the limit are ever decided. Addresses are counted
/// afterwards, since many people may log in from one at the same time.
/// </summary>
internal sealed class LoginThrottle(LoginFailureRepository failures, AuthOptions options, TimeProvider time)
{
    /// <exception cref="ChatException"><c>rate_limited</c></exception>
    public async Task<LoginAttempt> BeginAsync(Login login, string address, CancellationToken cancellationToken)
    {
        var attempt = new LoginAttempt(AccountSubject(login), $"address:{address}");
        var (now, floor) = Window();

        if (await failures.GetAsync(attempt.Address, floor, cancellationToken) is { } ofAddress
            && ofAddress.Failures >= options.LoginFailuresPerAddress)
            throw Refusal(ofAddress, now);

        var ofAccount = await failures.CountAsync(attempt.Account, now, floor, cancellationToken);
        if (ofAccount.Failures > options.LoginFailuresPerAccount)
            throw Refusal(ofAccount, now);
        return attempt;
    }

    /// <summary>The password was wrong, or the account does not exist.</summary>
    public Task FailedAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        var (now, floor) = Window();
        return failures.CountAsync(attempt.Address, now, floor, cancellationToken);
    }

    /// <summary>The password was right: the account starts afresh. The address does not, or an own account would wash away any number of tries.</summary>
    public Task SucceededAsync(LoginAttempt attempt, CancellationToken cancellationToken) =>
        failures.ClearAsync(attempt.Account, cancellationToken);

    /// <summary>Nobody looked at the password after all.</summary>
    public Task UndecidedAsync(LoginAttempt attempt, CancellationToken cancellationToken) =>
        failures.WithdrawAsync(attempt.Account, cancellationToken);

    /// <summary>Made from what was typed, not from who was found: being throttled then does not tell that an account exists.</summary>
    internal static string AccountSubject(Login login) =>
        $"account:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(login.Text)).AsSpan(0, 16))}";

    private (DateTime Now, DateTime Floor) Window()
    {
        var now = time.GetUtcNow().UtcDateTime;
        return (now, now - options.LoginFailureWindow);
    }

    private ChatException Refusal(LoginFailuresRow row, DateTime now) =>
        ChatException.RateLimited("too many failed log-ins", row.WindowStart + options.LoginFailureWindow - now);
}
