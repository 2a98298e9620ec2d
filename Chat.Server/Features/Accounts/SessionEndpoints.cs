using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Features.Accounts;

/// <summary><c>/api/sessions</c>: one's devices.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions").RequireAuthorization();

        sessions.MapGet("", ListAsync).WithSummary("Your live sessions, the last used first.");
        sessions.MapDelete("/{sessionId}", EndAsync)
            .WithSummary("End one of your sessions.")
            .Refuses(StatusCodes.Status404NotFound);
        sessions.MapDelete("", EndOthersAsync).WithSummary("End all your sessions but this one.");
    }

    private static async Task<Ok<SessionList>> ListAsync(ClaimsPrincipal caller, SessionService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.ListAsync(caller.UserId(), caller.SessionId(), cancellationToken));

    private static async Task<NoContent> EndAsync(
        long sessionId, ClaimsPrincipal caller, SessionService service, CancellationToken cancellationToken)
    {
        await service.EndAsync(caller.UserId(), sessionId, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> EndOthersAsync(ClaimsPrincipal caller, SessionService service, CancellationToken cancellationToken)
    {
        await service.EndOthersAsync(caller.UserId(), caller.SessionId(), cancellationToken);
        return TypedResults.NoContent();
    }
}
