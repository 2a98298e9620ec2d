using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Features.Accounts;

/// <summary>A person's log-ins: shows them, ends them.</summary>
internal sealed class SessionService(SessionRepository sessions, ISessionRevocations revocations, TimeProvider time)
{
    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public async Task<SessionList> ListAsync(long userId, long currentSessionId, CancellationToken cancellationToken)
    {
        var rows = await sessions.ListLiveAsync(userId, Now, cancellationToken);
        return new SessionList(
            [.. rows.Select(row => new SessionView(row.SessionId, row.DeviceName, row.CreatedAt, row.LastUsedAt, row.SessionId == currentSessionId))]);
    }

    /// <summary>Ends one session; one that has ended already is fine, so that the call can be repeated.</summary>
    /// <exception cref="ChatException"><c>not_found</c>: the user has no such session; <c>invalid</c></exception>
    public async Task EndAsync(long userId, long sessionId, CancellationToken cancellationToken)
    {
        Check.Id("sessionId", sessionId);
        if (await sessions.RevokeAsync(userId, sessionId, Now, cancellationToken) == RevokeOutcome.Unknown)
            throw ChatException.NotFound("this session");
        await revocations.RevokedAsync(userId, [sessionId], CancellationToken.None);
    }

    /// <summary>Ends every session of the user but the one that asks.</summary>
    public async Task EndOthersAsync(long userId, long currentSessionId, CancellationToken cancellationToken)
    {
        var ended = await sessions.RevokeOthersAsync(userId, currentSessionId, Now, cancellationToken);
        if (ended.Count > 0)
            await revocations.RevokedAsync(userId, ended, CancellationToken.None);
    }
}
