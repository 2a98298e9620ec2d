using System.Security.Claims;
using Chat.Data.Accounts;
using Chat.Server.Errors;
using Microsoft.AspNetCore.Authorization;

namespace Chat.Server.Features.Accounts;

/// <summary>An access token proves who somebody was up to an hour ago; this asks whether the session still lives.</summary>
public interface ISessionGuard
{
    /// <summary>One read by primary key.</summary>
    /// <exception cref="ChatException"><c>unauthenticated</c>: the caller has no session, or it has ended.</exception>
    Task EnsureLiveAsync(ClaimsPrincipal caller, CancellationToken cancellationToken);

    /// <summary>Those of some hundred sessions that live, in one read.</summary>
    /// <exception cref="Chat.Data.DataUnavailableException"/>
    Task<IReadOnlySet<long>> FindLiveAsync(IReadOnlyCollection<long> sessionIds, CancellationToken cancellationToken);
}

internal sealed class SessionGuard(SessionRepository sessions, TimeProvider time) : ISessionGuard
{
    public async Task EnsureLiveAsync(ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        if (!await sessions.IsLiveAsync(caller.UserId(), caller.SessionId(), time.GetUtcNow().UtcDateTime, cancellationToken))
            throw ChatException.Unauthenticated("this session has ended");
    }

    public Task<IReadOnlySet<long>> FindLiveAsync(IReadOnlyCollection<long> sessionIds, CancellationToken cancellationToken) =>
        sessions.FindLiveAsync(sessionIds, time.GetUtcNow().UtcDateTime, cancellationToken);
}

/// <summary>A part of the default policy: every endpoint that requires authorization also requires a live session.</summary>
internal sealed class LiveSessionRequirement : IAuthorizationRequirement;

internal sealed class LiveSessionHandler(ISessionGuard guard) : AuthorizationHandler<LiveSessionRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, LiveSessionRequirement requirement)
    {
        // Without a token the policy fails anyway; it is not this requirement's to say so.
        if (context.User.Identity?.IsAuthenticated != true)
            return;
        // Throws rather than fails: failing would answer 403, as if another right could help. One short read: to call it off costs a
        // connection to the database, and to be able to costs memory for as long as the request, which may be a socket, lasts.
        await guard.EnsureLiveAsync(context.User, CancellationToken.None);
        context.Succeed(requirement);
    }
}
