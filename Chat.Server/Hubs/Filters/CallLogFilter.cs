using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>Logs calls and how long they took, at Debug. Never their content.</summary>
internal sealed partial class CallLogFilter(ILogger<CallLogFilter> logger, TimeProvider time) : IHubFilter
{
    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next) =>
        logger.IsEnabled(LogLevel.Debug) ? LoggedAsync(invocation, next) : next(invocation);

    private async ValueTask<object?> LoggedAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var start = time.GetTimestamp();
        try
        {
            var result = await next(invocation);
            LogCall(logger, invocation.HubMethodName, invocation.Context.UserIdentifier, time.GetElapsedTime(start).TotalMilliseconds);
            return result;
        }
        catch (HubException exception)
        {
            LogRefused(logger, invocation.HubMethodName, invocation.Context.UserIdentifier, CodeOf(exception));
            throw;
        }
    }

    private static string CodeOf(HubException exception) => exception.Message.Split(':')[0];

    [LoggerMessage(1, LogLevel.Debug, "{Method} for user {UserId} took {Milliseconds:0.0} ms")]
    private static partial void LogCall(ILogger logger, string method, string? userId, double milliseconds);

    [LoggerMessage(2, LogLevel.Debug, "{Method} for user {UserId} was refused: {Code}")]
    private static partial void LogRefused(ILogger logger, string method, string? userId, string code);
}
