using System.Globalization;
using System.Security.Claims;
using Chat.Server.Errors;

namespace Chat.Server.Features.Accounts;

/// <summary>Who calls, as the access token says: the user's id and the session's.</summary>
public static class CallerClaims
{
    private const string SessionIdType = "sid";

    /// <exception cref="ChatException"><c>unauthenticated</c>: there is no such claim.</exception>
    public static long UserId(this ClaimsPrincipal caller) => Read(caller, ClaimTypes.NameIdentifier);

    /// <exception cref="ChatException"><c>unauthenticated</c>: there is no such claim.</exception>
    public static long SessionId(this ClaimsPrincipal caller) => Read(caller, SessionIdType);

    /// <param name="scheme">What the identity was authenticated by.</param>
    public static ClaimsPrincipal Create(long userId, long sessionId, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, userId.ToString(CultureInfo.InvariantCulture)),
            new Claim(SessionIdType, sessionId.ToString(CultureInfo.InvariantCulture)),
        ],
        scheme));

    private static long Read(ClaimsPrincipal caller, string type) =>
        long.TryParse(caller.FindFirstValue(type), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw ChatException.Unauthenticated("a valid access token is needed");
}
