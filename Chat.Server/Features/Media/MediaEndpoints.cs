using System.ComponentModel;
using System.Security.Claims;
using Chat.Server.Features.Accounts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace Chat.Server.Features.Media;

/// <summary><c>/api/media</c> with a token, <c>/media</c> with signed addresses.</summary>
internal static class MediaEndpoints
{
    public static void MapMedia(this WebApplication app)
    {
        var api = app.MapGroup("/api/media").WithTags("Media").RequireAuthorization()
            .Refuses(StatusCodes.Status400BadRequest)
            .Refuses(StatusCodes.Status429TooManyRequests)
            .Refuses(StatusCodes.Status503ServiceUnavailable);
        api.MapPost("", UploadAsync)
            .WithSummary("Upload a file: the body is its bytes, whatever Content-Type says.")
            .WithDescription("What it is is read off its bytes. A file that no message holds within a day, and that is nobody's picture, is deleted.")
            .AddOpenApiOperationTransformer(TakesBytes)
            .RequireRateLimiting(MediaRateLimits.UploadPolicy)
            .Refuses(StatusCodes.Status413PayloadTooLarge);
        api.MapPut("/{mediaId}/thumbnail", SetThumbnailAsync)
            .WithSummary("Add a small picture to a file that you uploaded: PNG, JPEG or WebP. Once set it stays.")
            .AddOpenApiOperationTransformer(TakesBytes)
            .RequireRateLimiting(MediaRateLimits.UploadPolicy)
            .Refuses(StatusCodes.Status403Forbidden).Refuses(StatusCodes.Status404NotFound)
            .Refuses(StatusCodes.Status409Conflict).Refuses(StatusCodes.Status413PayloadTooLarge);
        api.MapGet("/urls", LinkAsync)
            .WithSummary("Addresses that work without a token for a short time, for several files at once.")
            .RequireRateLimiting(MediaRateLimits.DownloadPolicy);
        api.MapGet("/{mediaId}", (long mediaId, ClaimsPrincipal caller, MediaService service, HttpContext context, CancellationToken cancellationToken) =>
                SendAsync(context, service, new MediaReader(caller.UserId()), mediaId, MediaPart.File, cancellationToken))
            .WithSummary("Download a file, also in ranges.")
            .Downloads();
        api.MapGet("/{mediaId}/thumbnail", (long mediaId, ClaimsPrincipal caller, MediaService service, HttpContext context, CancellationToken cancellationToken) =>
                SendAsync(context, service, new MediaReader(caller.UserId()), mediaId, MediaPart.Thumbnail, cancellationToken))
            .WithSummary("Download the small picture of a file.")
            .Downloads();
        app.MapSigned();
    }

    private static void MapSigned(this WebApplication app)
    {
        var signed = app.MapGroup("/media").WithTags("Media").AllowAnonymous().Refuses(StatusCodes.Status401Unauthorized);
        signed.MapGet("/{mediaId}", (long mediaId, string? token, MediaLinks links, MediaService service, HttpContext context, CancellationToken cancellationToken) =>
                SendAsync(context, service, links.Open(token, mediaId, MediaPart.File), mediaId, MediaPart.File, cancellationToken))
            .WithSummary("Download by a signed address of /api/media/urls.")
            .Downloads();
        signed.MapGet("/{mediaId}/thumbnail", (long mediaId, string? token, MediaLinks links, MediaService service, HttpContext context, CancellationToken cancellationToken) =>
                SendAsync(context, service, links.Open(token, mediaId, MediaPart.Thumbnail), mediaId, MediaPart.Thumbnail, cancellationToken))
            .WithSummary("Download a small picture by a signed address of /api/media/urls.")
            .Downloads();
    }

    private static async Task<Created<MediaView>> UploadAsync(
        [AsParameters] UploadDescription description, HttpContext context, ClaimsPrincipal caller, UploadService service, MediaOptions options,
        CancellationToken cancellationToken)
    {
        LimitBody(context, options.MaxBytes(description.Type ?? ""));
        var view = await service.UploadAsync(caller.UserId(), description, context.Request.Body, context.Request.ContentLength, cancellationToken);
        return TypedResults.Created($"/api/media/{view.MediaId}", view);
    }

    private static async Task<NoContent> SetThumbnailAsync(
        long mediaId, HttpContext context, ClaimsPrincipal caller, UploadService service, MediaOptions options, CancellationToken cancellationToken)
    {
        LimitBody(context, options.MaxThumbnailBytes);
        await service.SetThumbnailAsync(caller.UserId(), mediaId, context.Request.Body, context.Request.ContentLength, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<MediaUrls>> LinkAsync(
        [Description("1-100 ids, separated by commas.")] string? ids,
        [Description("The code of an invite, for the picture of its chat.")] string? invite,
        HttpContext context, ClaimsPrincipal caller, MediaService service, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await service.LinkAsync(caller.UserId(), ids, invite, cancellationToken));
    }

    private static async Task<FileStreamHttpResult> SendAsync(
        HttpContext context, MediaService service, MediaReader reader, long mediaId, MediaPart part, CancellationToken cancellationToken)
    {
        var media = await service.OpenAsync(reader, mediaId, part, cancellationToken);
        var headers = context.Response.Headers;
        // A browser shows what we found it to be or nothing, runs nothing of it, and keeps it for its user alone.
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers["Cross-Origin-Resource-Policy"] = "same-site";
        headers.CacheControl = "private, no-cache";
        var asDownload = part is MediaPart.File && media.Row.MediaType == MediaTypes.Document;
        return TypedResults.Stream(
            media.Content, media.ContentType,
            fileDownloadName: asDownload ? media.Row.FileName ?? $"document-{mediaId}" : null,
            entityTag: MediaKeys.Tag(media.Sha256), enableRangeProcessing: true);
    }

    /// <summary>The web server's own limit, a little wider: that a body is too long is said by the service, with the limit.</summary>
    private static void LimitBody(HttpContext context, long maxBytes)
    {
        const int slack = 256 * 1024;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = maxBytes + slack;
    }

    private static RouteHandlerBuilder Downloads(this RouteHandlerBuilder endpoint) => endpoint
        .RequireRateLimiting(MediaRateLimits.DownloadPolicy)
        .Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream")
        .Refuses(StatusCodes.Status404NotFound).Refuses(StatusCodes.Status429TooManyRequests).Refuses(StatusCodes.Status503ServiceUnavailable);

    private static Task TakesBytes(OpenApiOperation operation, Microsoft.AspNetCore.OpenApi.OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/octet-stream"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
            },
        };
        return Task.CompletedTask;
    }
}
