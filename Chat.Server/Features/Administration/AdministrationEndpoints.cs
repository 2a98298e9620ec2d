using System.ComponentModel;
using System.Security.Claims;
using Chat.Data.Administration;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Features.Administration;

/// <summary><c>/api/admin</c>: for admins. All others hear <c>not_found</c>.</summary>
internal static class AdministrationEndpoints
{
    public static void MapAdministration(this IEndpointRouteBuilder api)
    {
        var admin = api.MapGroup("/admin").WithTags("Admin")
            .RequireAuthorization()
            .RequireRateLimiting(AccountRateLimits.LookupPolicy)
            .Refuses(StatusCodes.Status404NotFound)
            .AddEndpointFilter(ForAdminsAsync);
        admin.MapGet("/reports", ListReportsAsync)
            .WithSummary("What people reported.")
            .WithDescription("Open reports, the oldest first, or resolved ones, the newest first.");
        admin.MapPost("/reports/{reportId}/resolve", ResolveAsync).WithSummary("Close a report.");
        admin.MapPost("/users/{userId}/suspend", SuspendAsync)
            .WithSummary("Keep somebody out, until a time or for ever.")
            .WithDescription("Ends all of their sessions at once; log-ins are answered `suspended`.")
            .Refuses(StatusCodes.Status403Forbidden);
        admin.MapPost("/users/{userId}/lift", LiftAsync).WithSummary("Let somebody in again.").Refuses(StatusCodes.Status403Forbidden);
        admin.MapPost("/messages/delete", DeleteMessageAsync).WithSummary("Delete a message for everybody.");
        admin.MapGet("/actions", ListActionsAsync).WithSummary("What admins did, the newest first.");
    }

    private static async ValueTask<object?> ForAdminsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var administration = http.RequestServices.GetRequiredService<AdministrationRepository>();
        if (!await administration.IsAdminAsync(http.User.UserId(), http.RequestAborted)) throw ChatException.NotFound("this");
        return await next(context);
    }

    private static async Task<Ok<ReportList>> ListReportsAsync(
        [Description("`open` (default) or `resolved`.")] string? status, [Description("The last report of the page before.")] long? after,
        [Description("1-100, default 50.")] int? limit, AdministrationService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.ListReportsAsync(status, after, limit, cancellationToken));

    private static async Task<NoContent> ResolveAsync(
        long reportId, ResolveReportRequest request, ClaimsPrincipal caller, AdministrationService service, CancellationToken cancellationToken)
    {
        await service.ResolveAsync(caller.UserId(), reportId, request, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SuspendAsync(
        long userId, SuspendUserRequest request, ClaimsPrincipal caller, AdministrationService service, CancellationToken cancellationToken)
    {
        await service.SuspendAsync(caller.UserId(), userId, request, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LiftAsync(
        long userId, LiftSuspensionRequest request, ClaimsPrincipal caller, AdministrationService service, CancellationToken cancellationToken)
    {
        await service.LiftAsync(caller.UserId(), userId, request, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DeleteMessageAsync(
        AdminDeleteMessageRequest request, ClaimsPrincipal caller, AdministrationService service)
    {
        await service.DeleteMessageAsync(caller.UserId(), request);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<AdminActionList>> ListActionsAsync(
        [Description("The last action of the page before.")] long? before, [Description("1-100, default 50.")] int? limit,
        AdministrationService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.ListActionsAsync(before, limit, cancellationToken));
}
