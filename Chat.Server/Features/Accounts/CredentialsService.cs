using Chat.Data;
using Chat.Data.Accounts;
using Chat.Server.Errors;

namespace Chat.Server.Features.Accounts;

/// <summary>Changes how somebody logs in. Needs the present password, and ends every other session: perhaps one of them is why.</summary>
internal sealed class CredentialsService(
    AccountRepository accounts, UserRepository users, PasswordGate gate, Passwords passwords, ISessionRevocations revocations, TimeProvider time)
{
    /// <exception cref="ChatException"><c>forbidden</c>: a wrong password; <c>rate_limited</c>, <c>invalid</c>, <c>too_large</c>, <c>unavailable</c>.</exception>
    public async Task ChangePasswordAsync(
        long userId, long sessionId, ChangePasswordRequest request, string address, CancellationToken cancellationToken)
    {
        var password = AccountRules.NewPassword(request.NewPassword, "newPassword");
        var own = await gate.PassAsync(userId, "currentPassword", request.CurrentPassword, address, cancellationToken);
        var hash = await passwords.HashAsync(password, cancellationToken);
        var ended = await accounts.ChangePasswordAsync(userId, own.PasswordHash, hash, sessionId, Now, CancellationToken.None);
        await EndedAsync(userId, ended);
    }

    /// <exception cref="ChatException">
    /// <c>forbidden</c>: a wrong password; <c>conflict</c>: somebody has the number; <c>rate_limited</c>, <c>invalid</c>, <c>too_large</c>, <c>unavailable</c>.
    /// </exception>
    public async Task<Profile> ChangePhoneNumberAsync(
        long userId, long sessionId, ChangePhoneNumberRequest request, string address, CancellationToken cancellationToken)
    {
        var phoneNumber = AccountRules.PhoneNumber(request.PhoneNumber);
        var own = await gate.PassAsync(userId, "password", request.Password, address, cancellationToken);
        try
        {
            await EndedAsync(
                userId, await accounts.ChangePhoneNumberAsync(userId, own.PasswordHash, phoneNumber, sessionId, Now, CancellationToken.None));
        }
        catch (Exception exception) when (exception.IsDuplicateKey(UserRepository.PhoneNumberKey))
        {
            throw ChatException.Conflict("phoneNumber", "is registered already");
        }
        return (await users.GetAsync(userId, cancellationToken))!.ToProfile();
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private Task EndedAsync(long userId, IReadOnlyList<long>? sessionIds) => sessionIds switch
    {
        null => throw ChatException.Forbidden("the password was changed meanwhile"),
        [] => Task.CompletedTask,
        _ => revocations.RevokedAsync(userId, sessionIds, CancellationToken.None),
    };
}
