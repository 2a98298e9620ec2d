using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>Logs calls and how long they took, at Debug. Never their content.</summary>
internal sealed partial class CallLog(ILogger<CallLog> logger, TimeProvider time)
{
    /// <summary>For <see cref="Succeeded"/>; 0 while nobody reads the log.</summary>
    public long Begin() => logger.IsEnabled(LogLevel.Debug) ? time.GetTimestamp() : 0;

    public void Succeeded(string method, string? user, long begin)
    {
        if (begin != 0) LogCall(logger, method, user, time.GetElapsedTime(begin).TotalMilliseconds);
    }

    public void Refused(string method, string? user, HubException error)
    {
        if (logger.IsEnabled(LogLevel.Debug)) LogRefused(logger, method, user, error.Message.Split(':')[0]);
    }

    [LoggerMessage(1, LogLevel.Debug, "{Method} for user {UserId} took {Milliseconds:0.0} ms")]
    private static partial void LogCall(ILogger logger, string method, string? userId, double milliseconds);

    [LoggerMessage(2, LogLevel.Debug, "{Method} for user {UserId} was refused: {Code}")]
    private static partial void LogRefused(ILogger logger, string method, string? userId, string code);
}
