using System.Security.Claims;
using Chat.Server.Features.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Chat.Server.Features.Exports;

/// <summary><c>/api/me/exports</c>: one's own data, to take along.</summary>
internal static class ExportEndpoints
{
    public static void MapExports(this IEndpointRouteBuilder api)
    {
        var exports = api.MapGroup("/me/exports").WithTags("Exports").RequireAuthorization().RequireRateLimiting(AccountRateLimits.LookupPolicy);
        exports.MapPost("", BeginAsync)
            .WithSummary("Ask for an export of your data.")
            .WithDescription("One at a time: while one is under way, it is the answer.");
        exports.MapGet("", ListAsync).WithSummary("Your exports, the newest first.");
        exports.MapGet("/{exportId}", GetAsync).WithSummary("How far an export is.").Refuses(StatusCodes.Status404NotFound);
        exports.MapGet("/{exportId}/file", FetchAsync)
            .WithSummary("A finished export: a zip of JSON files.")
            .Produces(StatusCodes.Status200OK, contentType: "application/zip")
            .Refuses(StatusCodes.Status404NotFound);
    }

    private static async Task<Accepted<ExportView>> BeginAsync(ClaimsPrincipal caller, ExportService service, CancellationToken cancellationToken)
    {
        var export = await service.BeginAsync(caller.UserId(), cancellationToken);
        return TypedResults.Accepted($"/api/me/exports/{export.ExportId}", export);
    }

    private static async Task<Ok<ExportList>> ListAsync(ClaimsPrincipal caller, ExportService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.ListAsync(caller.UserId(), cancellationToken));

    private static async Task<Ok<ExportView>> GetAsync(
        long exportId, ClaimsPrincipal caller, ExportService service, CancellationToken cancellationToken) =>
        TypedResults.Ok(await service.GetAsync(caller.UserId(), exportId, cancellationToken));

    private static async Task<FileStreamHttpResult> FetchAsync(
        long exportId, ClaimsPrincipal caller, ExportService service, CancellationToken cancellationToken) =>
        TypedResults.File(
            await service.OpenAsync(caller.UserId(), exportId, cancellationToken), "application/zip", $"chat-export-{exportId}.zip", enableRangeProcessing: true);
}
