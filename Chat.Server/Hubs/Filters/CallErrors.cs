using System.Diagnostics;
using Chat.Data;
using Chat.Data.Messages;
using Chat.Data.Receipts;
using Chat.Server.Errors;
using Chat.Server.Features.Presence;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>Turns whatever a call throws into the error of the contract. What is not ours never leaks its text.</summary>
internal sealed partial class CallErrors(CallMetrics metrics, ILogger<CallErrors> logger)
{
    /// <param name="method">For the log and the metrics.</param>
    /// <param name="aborted">The connection's end.</param>
    public HubException Translate(Exception exception, string method, CancellationToken aborted)
    {
        if (exception is HubException said) return said;
        var error = ErrorOf(exception, method, aborted);
        metrics.Refused(method, error.Code);
        return new HubException(error.WireText);
    }

    private ChatException ErrorOf(Exception exception, string method, CancellationToken aborted)
    {
        switch (exception)
        {
            case ChatException ours:
                return ours;
            case DataUnavailableException:
                return ChatException.Unavailable("the database cannot be reached, try again");
            case PresenceUnavailableException:
                return ChatException.Unavailable("presence cannot be told now, try again");
            case AppenderBusyException or ReceiptsBusyException:
                return ChatException.Unavailable("the server is busy or stopping, try again");
            case OperationCanceledException when aborted.IsCancellationRequested:
                // Nobody is there to read the answer.
                return ChatException.Unavailable("the connection was closed");
            default:
                var traceId = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
                LogUnexpected(logger, method, traceId, exception);
                return new ChatException(ErrorCodes.Internal, $"a fault of the server (trace {traceId})");
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} failed unexpectedly (trace {TraceId})")]
    private static partial void LogUnexpected(ILogger logger, string method, string traceId, Exception exception);
}
