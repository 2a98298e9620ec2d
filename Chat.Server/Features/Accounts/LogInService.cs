using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Features.Accounts;

/// <summary>Opens a session for whoever knows the password.</summary>
internal sealed class LogInService(
    UserRepository users,
    SessionRepository sessions,
    LoginThrottle throttle,
    Passwords passwords,
    TokenIssuer tokens,
    ISessionRevocations revocations,
    AuthOptions options,
    TimeProvider time)
{
    /// <exception cref="ChatException">
    /// <c>unauthenticated</c> for an unknown account and for a wrong password alike, <c>suspended</c>, <c>rate_limited</c>, <c>invalid</c>, <c>too_large</c>, <c>unavailable</c>.
    /// </exception>
    public async Task<AuthResult> LogInAsync(LogInRequest request, string address, CancellationToken cancellationToken)
    {
        var login = AccountRules.Login(request.Login);
        var password = Check.Text("password", request.Password, 1, AccountRules.MaxPassword);
        var deviceName = AccountRules.DeviceName(request.DeviceName);

        var credentials = await AuthenticateAsync(login, password, address, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var refreshToken = RefreshToken.Create();
        var opened = await sessions.OpenAsync(
            credentials.UserId,
            new NewSession(deviceName, refreshToken.Hash, now, tokens.SessionExpiry(now)),
            options.MaxSessionsPerUser,
            cancellationToken);
        if (opened.SuspendedUntil is { } until) throw ChatException.Suspended(until);
        // From here on the caller's hanging up changes nothing: what is committed is also told.
        if (opened.RevokedSessionIds.Count > 0)
            await revocations.RevokedAsync(credentials.UserId, opened.RevokedSessionIds, CancellationToken.None);

        var user = await users.GetAsync(credentials.UserId, cancellationToken) ?? throw WrongLogin();
        return tokens.Issue(user, opened.SessionId, refreshToken);
    }

    private async Task<CredentialsRow> AuthenticateAsync(Login login, string password, string address, CancellationToken cancellationToken)
    {
        var attempt = await throttle.BeginAsync(login, address, cancellationToken);
        CredentialsRow? credentials;
        PasswordCheck check;
        try
        {
            credentials = await users.FindCredentialsAsync(login.PhoneNumber, login.Username, cancellationToken);
            check = await passwords.VerifyAsync(credentials?.PasswordHash, password, cancellationToken);
        }
        // Who hangs up while the password is looked at has used a try; who was turned away by us has not.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await throttle.UndecidedAsync(attempt, CancellationToken.None);
            throw;
        }
        if (credentials is null || !check.Matches)
        {
            await throttle.FailedAsync(attempt, CancellationToken.None);
            throw WrongLogin();
        }
        await throttle.SucceededAsync(attempt, CancellationToken.None);
        if (check.RenewedHash is { } renewed)
            await users.ReplacePasswordHashAsync(credentials.UserId, credentials.PasswordHash, renewed, cancellationToken);
        return credentials;
    }

    private static ChatException WrongLogin() => ChatException.Unauthenticated("wrong login or password");
}
