using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Features.Accounts;

/// <summary><c>/api/auth</c>: in and out.</summary>
internal static class AuthEndpoints
{
    public static void MapAuth(this IEndpointRouteBuilder api)
    {
        var auth = api.MapGroup("/auth").WithTags("Auth").RequireRateLimiting(AccountRateLimits.AuthPolicy);

        auth.MapPost("/register", RegisterAsync)
            .WithSummary("Make an account and log in.")
            .Refuses(StatusCodes.Status409Conflict);
        auth.MapPost("/login", LogInAsync)
            .WithSummary("Log in by phone number or username.")
            .WithDescription("Failed log-ins are throttled per account and per address.")
            .Refuses(StatusCodes.Status401Unauthorized);
        auth.MapPost("/refresh", RefreshAsync)
            .WithSummary("Trade a refresh token for new tokens.")
            .WithDescription("A refresh token works once. One that was used already ends its session.")
            .Refuses(StatusCodes.Status401Unauthorized);
        auth.MapPost("/logout", LogOutAsync)
            .WithSummary("End this session.")
            .RequireAuthorization();
    }

    private static async Task<Created<AuthResult>> RegisterAsync(
        RegisterRequest request, RegisterService service, CancellationToken cancellationToken) =>
        TypedResults.Created("/api/me", await service.RegisterAsync(request, cancellationToken));

    private static async Task<Ok<AuthResult>> LogInAsync(
        LogInRequest request, HttpContext context, LogInService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.LogInAsync(request, ClientAddress.Of(context), cancellationToken));

    private static async Task<Ok<AuthResult>> RefreshAsync(
        RefreshRequest request, RefreshService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.RefreshAsync(request, cancellationToken));

    private static async Task<NoContent> LogOutAsync(ClaimsPrincipal caller, SessionService service, CancellationToken cancellationToken)
    {
        await service.EndAsync(caller.UserId(), caller.SessionId(), cancellationToken);
        return TypedResults.NoContent();
    }
}
