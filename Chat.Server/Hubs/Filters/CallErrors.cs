using System.Diagnostics;
using Chat.Data;
using Chat.Data.Messages;
using Chat.Data.Receipts;
using Chat.Server.Errors;
using Chat.Server.Features.Presence;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>Turns whatever a call throws into the error of the contract. What is not ours never leaks its text.</summary>
internal sealed partial class CallErrors(ILogger<CallErrors> logger)
{
    /// <param name="method">For the log.</param>
    /// <param name="aborted">The connection's end.</param>
    public HubException Translate(Exception exception, string method, CancellationToken aborted)
    {
        switch (exception)
        {
            case HubException hub:
                return hub;
            case ChatException ours:
                return new HubException(ours.WireText);
            case DataUnavailableException:
                return new HubException(ChatException.Unavailable("the database cannot be reached, try again").WireText);
            case PresenceUnavailableException:
                return new HubException(ChatException.Unavailable("presence cannot be told now, try again").WireText);
            case AppenderBusyException or ReceiptsBusyException:
                return new HubException(ChatException.Unavailable("the server is busy or stopping, try again").WireText);
            case OperationCanceledException when aborted.IsCancellationRequested:
                // Nobody is there to read the answer.
                return new HubException(ChatException.Unavailable("the connection was closed").WireText);
            default:
                var traceId = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
                LogUnexpected(logger, method, traceId, exception);
                return new HubException(new ChatException(ErrorCodes.Internal, $"a fault of the server (trace {traceId})").WireText);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} failed unexpectedly (trace {TraceId})")]
    private static partial void LogUnexpected(ILogger logger, string method, string traceId, Exception exception);
}
