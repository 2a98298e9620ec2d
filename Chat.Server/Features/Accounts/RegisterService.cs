using Chat.Data;
using Chat.Data.Accounts;
using Chat.Server.Errors;

namespace Chat.Server.Features.Accounts;

/// <summary>Makes an account and its first session.</summary>
internal sealed class RegisterService(UserRepository users, Passwords passwords, TokenIssuer tokens, TimeProvider time)
{
    /// <exception cref="ChatException"><c>invalid</c>, <c>too_large</c>, <c>conflict</c> (names the taken field), <c>unavailable</c>.</exception>
    public async Task<AuthResult> RegisterAsync(RegisterRequest request, CancellationToken cancellationToken)
    {
        var name = AccountRules.Name(request.Name);
        var phoneNumber = AccountRules.PhoneNumber(request.PhoneNumber);
        var password = AccountRules.NewPassword(request.Password);
        var username = AccountRules.Username(request.Username);
        var deviceName = AccountRules.DeviceName(request.DeviceName);

        var hash = await passwords.HashAsync(password, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime.ToStored();
        var refreshToken = RefreshToken.Create();
        try
        {
            var (userId, sessionId) = await users.RegisterAsync(
                new NewUser(name, phoneNumber, username, hash, now),
                new NewSession(deviceName, refreshToken.Hash, now, tokens.SessionExpiry(now)),
                cancellationToken);
            return tokens.Issue(new UserRow(userId, name, phoneNumber, username, null, null, null, now), sessionId, refreshToken);
        }
        // The unique keys decide, not a look beforehand: of two who register one number at once, one wins.
        catch (Exception exception) when (exception.IsDuplicateKey(UserRepository.PhoneNumberKey))
        {
            throw ChatException.Conflict("phoneNumber", "is registered already");
        }
        catch (Exception exception) when (exception.IsDuplicateKey(UserRepository.UsernameKey))
        {
            throw ChatException.Conflict("username", "is taken");
        }
    }
}
