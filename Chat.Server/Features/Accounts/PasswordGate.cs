using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Features.Accounts;

/// <summary>Asks somebody who is logged in for the password once more. Wrong ones count as failed log-ins of the account.</summary>
internal sealed class PasswordGate(AccountRepository accounts, Passwords passwords, LoginThrottle throttle)
{
    /// <param name="field">What the request calls the password.</param>
    /// <returns>The credentials that matched.</returns>
    /// <exception cref="ChatException"><c>forbidden</c>: a wrong password; <c>rate_limited</c>, <c>invalid</c>, <c>too_large</c>, <c>unavailable</c>.</exception>
    public async Task<OwnCredentialsRow> PassAsync(
        long userId, string field, string? password, string address, CancellationToken cancellationToken)
    {
        Check.Text(field, password, 1, AccountRules.MaxPassword);
        var own = await accounts.FindCredentialsAsync(userId, cancellationToken)
            ?? throw ChatException.Unauthenticated("this account does not exist any more");
        var attempt = await throttle.BeginAsync(new Login(own.PhoneNumber, own.PhoneNumber, Username: null), address, cancellationToken);
        PasswordCheck check;
        try
        {
            check = await passwords.VerifyAsync(own.PasswordHash, password, cancellationToken);
        }
        // As with a log-in: who hangs up meanwhile has used a try, who was turned away by us has not.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await throttle.UndecidedAsync(attempt, CancellationToken.None);
            throw;
        }
        if (!check.Matches)
        {
            await throttle.FailedAsync(attempt, CancellationToken.None);
            throw ChatException.Forbidden("wrong password");
        }
        await throttle.SucceededAsync(attempt, CancellationToken.None);
        return own;
    }
}
