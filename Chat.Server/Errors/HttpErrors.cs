using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chat.Data;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Chat.Server.Errors;

/// <summary>
/// The one place where an error becomes an HTTP answer: ProblemDetails with <c>code</c> (see <see cref="ErrorCodes"/>) and, where one
/// is to blame, <c>field</c>. The framework's own refusals (no such path, wrong method, no token) look the same.
/// </summary>
public static class HttpErrors
{
    public static void AddHttpErrors(this IHostApplicationBuilder builder)
    {
        builder.Services.AddExceptionHandler<HttpErrorHandler>();
        // A body that cannot be read is to reach the handler as an exception, also outside of Development.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    /// <summary>Goes before everything that may fail.</summary>
    public static void UseHttpErrors(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(_ => { });
        // Nobody reads the body of a socket that was not opened, and what stands around one that was lasts as long as it does.
        app.UseWhen(context => !HubRequests.OpensSocket(context), requests => requests.UseStatusCodePages(pages =>
        {
            var status = pages.HttpContext.Response.StatusCode;
            return WriteAsync(pages.HttpContext, FromStatus(status), status);
        }));
    }

    /// <summary>Answers with <paramref name="error"/>.</summary>
    /// <param name="status">The HTTP status, where it is not the code's own.</param>
    public static Task WriteAsync(HttpContext context, ChatException error, int? status = null)
    {
        var headers = context.Response.Headers;
        if (error.RetryAfter is { } wait)
            headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (error.Code == ErrorCodes.Unauthenticated)
            headers.WWWAuthenticate = "Bearer";
        headers.CacheControl = "no-store";

        var (field, detail) = Split(error);
        var problem = new ProblemDetails
        {
            Title = error.Code,
            Status = status ?? ErrorCodes.Find(error.Code).HttpStatus,
            Detail = detail,
            Extensions = { ["code"] = error.Code, ["traceId"] = TraceId(context) },
        };
        if (field is not null)
            problem.Extensions["field"] = field;
        context.Response.StatusCode = problem.Status.Value;
        // Whatever the caller accepts: an error in another form than expected beats none.
        return context.Response.WriteAsJsonAsync(problem, options: null, contentType: "application/problem+json", context.RequestAborted);
    }

    /// <summary>The exception as the caller may know it; null for a fault of our own.</summary>
    internal static ChatException? Translate(Exception exception) => exception switch
    {
        ChatException chat => chat,
        DataUnavailableException => ChatException.Unavailable("the database cannot be reached at the moment", exception),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => FromStatus(StatusCodes.Status413PayloadTooLarge),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => FromStatus(StatusCodes.Status415UnsupportedMediaType),
        BadHttpRequestException { InnerException: JsonException json } => FromJson(json),
        BadHttpRequestException bad => FromParameter(bad.Message),
        _ => null,
    };

    internal static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    private static ChatException FromJson(JsonException exception) => exception.Path is { Length: > 2 } path
        ? ChatException.Invalid(path[2..], "is malformed or of the wrong type")
        : ChatException.Invalid("body", "must be a JSON object");

    /// <summary>The framework names the parameter only in its message; where that changes, the field becomes <c>request</c>.</summary>
    private static ChatException FromParameter(string message)
    {
        if (message.Contains("body", StringComparison.OrdinalIgnoreCase))
            return ChatException.Invalid("body", "must be a JSON object");
        var name = ParameterName.Match(message);
        return ChatException.Invalid(
            name.Success ? JsonNamingPolicy.CamelCase.ConvertName(name.Groups[1].Value) : "request",
            message.StartsWith("Required", StringComparison.Ordinal) ? "is required" : "is malformed or of the wrong type");
    }

    private static readonly Regex ParameterName = new("parameter \"(?:[^\"]* )?(\\w+)\"", RegexOptions.CultureInvariant);

    private static ChatException FromStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ChatException.Unauthenticated("a valid access token is needed"),
        StatusCodes.Status403Forbidden => ChatException.Forbidden("you may not do that"),
        StatusCodes.Status404NotFound => ChatException.NotFound("this address"),
        StatusCodes.Status405MethodNotAllowed => ChatException.Invalid("method", "is not offered by this address"),
        StatusCodes.Status413PayloadTooLarge => ChatException.TooLarge("body", "is larger than this address accepts"),
        StatusCodes.Status415UnsupportedMediaType => ChatException.Invalid("Content-Type", "must be application/json"),
        StatusCodes.Status429TooManyRequests => ChatException.RateLimited("too many calls", TimeSpan.FromSeconds(1)),
        StatusCodes.Status503ServiceUnavailable => ChatException.Unavailable("the server cannot do it now"),
        < 500 => ChatException.Invalid("request", "cannot be understood"),
        _ => new ChatException(ErrorCodes.Internal, "something went wrong"),
    };

    /// <summary>These codes' texts begin with the field's name (see <see cref="ErrorCodes"/>).</summary>
    private static (string? Field, string Detail) Split(ChatException error)
    {
        if (error.Code is not (ErrorCodes.Invalid or ErrorCodes.TooLarge or ErrorCodes.Conflict))
            return (null, error.Message);
        var colon = error.Message.IndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? (null, error.Message) : (error.Message[..colon], error.Message[(colon + 2)..]);
    }
}

internal sealed partial class HttpErrorHandler(ILogger<HttpErrorHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var error = HttpErrors.Translate(exception);
        if (error is null)
        {
            var traceId = HttpErrors.TraceId(httpContext);
            LogFault(logger, httpContext.Request.Method, httpContext.Request.Path, traceId, exception);
            error = new ChatException(ErrorCodes.Internal, $"something went wrong; the operators find it under trace id {traceId}");
        }
        else if (exception is DataUnavailableException)
        {
            LogUnavailable(logger, httpContext.Request.Method, httpContext.Request.Path, exception);
        }
        // A refusal of the framework keeps its own status, where it says more than the code's.
        var status = exception is BadHttpRequestException { StatusCode: not StatusCodes.Status400BadRequest } bad ? bad.StatusCode : (int?)null;
        await HttpErrors.WriteAsync(httpContext, error, status);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed, trace id {TraceId}")]
    private static partial void LogFault(ILogger logger, string method, string path, string traceId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} refused: the database is not available")]
    private static partial void LogUnavailable(ILogger logger, string method, string path, Exception exception);
}
