using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Features.Accounts;

/// <summary>Trades a refresh token for new tokens of the same session. Each works once.</summary>
internal sealed partial class RefreshService(
    SessionRepository sessions,
    UserRepository users,
    TokenIssuer tokens,
    ISessionRevocations revocations,
    TimeProvider time,
    ILogger<RefreshService> logger)
{
    /// <exception cref="ChatException">
    /// <c>unauthenticated</c>: the token is unknown, its session has ended, or it was used before, which ends the session.
    /// </exception>
    public async Task<AuthResult> RefreshAsync(RefreshRequest request, CancellationToken cancellationToken)
    {
        var shown = Check.Text("refreshToken", request.RefreshToken, 1, 200);
        if (RefreshToken.HashOf(shown) is not { } shownHash)
            throw Refused();

        var now = time.GetUtcNow().UtcDateTime;
        var next = RefreshToken.Create();
        // Not cancellable: a rotation whose answer is lost costs the client its session.
        var rotation = await sessions.RotateAsync(shownHash, next.Hash, now, tokens.SessionExpiry(now), CancellationToken.None);
        if (rotation.Outcome == RotationOutcome.Reused)
        {
            LogReuse(logger, rotation.SessionId, rotation.UserId);
            await revocations.RevokedAsync(rotation.UserId, [rotation.SessionId], CancellationToken.None);
        }
        if (rotation.Outcome != RotationOutcome.Rotated)
            throw Refused();

        var user = await users.GetAsync(rotation.UserId, cancellationToken) ?? throw Refused();
        return tokens.Issue(user, rotation.SessionId, next);
    }

    private static ChatException Refused() => ChatException.Unauthenticated("this refresh token does not work (any more), log in again");

    [LoggerMessage(Level = LogLevel.Warning, Message = "A used refresh token came back; session {SessionId} of user {UserId} was ended")]
    private static partial void LogReuse(ILogger logger, long sessionId, long userId);
}
