using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Chat.Data.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.Options;

namespace Chat.Server.Features.Accounts;

/// <summary>
/// A refresh token: 256 random bits. The client has the text, the database the hash; a plain SHA-256 is enough
/// where there is nothing to guess.
/// </summary>
internal sealed record RefreshToken(string Text, byte[] Hash)
{
    private const int TextLength = 43;

    public static RefreshToken Create()
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return new RefreshToken(text, HashOf(text)!);
    }

    /// <returns>Null when the text cannot be a token of ours.</returns>
    public static byte[]? HashOf(string text) =>
        text.Length == TextLength && Base64Url.IsValid(text) ? SHA256.HashData(Encoding.ASCII.GetBytes(text)) : null;

    public override string ToString() => nameof(RefreshToken);
}

/// <summary>Makes access tokens that <c>AddBearerToken</c> accepts on every node, since all share the key ring.</summary>
internal sealed class TokenIssuer(IOptionsMonitor<BearerTokenOptions> bearer, AuthOptions options, TimeProvider time)
{
    private const string Scheme = BearerTokenDefaults.AuthenticationScheme;

    /// <summary>When a session ends that is used now.</summary>
    public DateTime SessionExpiry(DateTime now) => now + options.SessionLifetime;

    public AuthResult Issue(UserRow user, long sessionId, RefreshToken refreshToken) => new(
        AccessToken(user.UserId, sessionId),
        (long)options.AccessTokenLifetime.TotalSeconds,
        refreshToken.Text,
        sessionId,
        user.ToProfile());

    private string AccessToken(long userId, long sessionId)
    {
        var properties = new AuthenticationProperties { ExpiresUtc = time.GetUtcNow() + options.AccessTokenLifetime };
        var ticket = new AuthenticationTicket(CallerClaims.Create(userId, sessionId, Scheme), properties, $"{Scheme}:AccessToken");
        return bearer.Get(Scheme).BearerTokenProtector.Protect(ticket);
    }
}
