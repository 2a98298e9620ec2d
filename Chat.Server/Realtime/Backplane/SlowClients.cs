using Chat.Server.Errors;
using Chat.Server.Realtime.Outputs;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Realtime.Backplane;

/// <summary>What happens to a client for which too much waits: it is closed, told why, and will find what it missed when it comes back.</summary>
internal sealed partial class SlowClients(ConnectionLimits limits, RealtimeMetrics metrics, TimeProvider time, ILogger<SlowClients> logger)
{
    /// <summary>The reason has to wait behind what is on its way already; for so long, after which it is taken that nobody reads.</summary>
    private static readonly TimeSpan ReasonTime = TimeSpan.FromSeconds(2);

    private static readonly ChatException Reason = new(ErrorCodes.TooSlow, "you did not read what was sent to you; connect again, then catch up");

    public ConnectionLimits Limits => limits;

    public RealtimeMetrics Metrics => metrics;

    public void Drop(HubConnectionContext connection, long bytes)
    {
        metrics.ClientDropped(DropReasons.TooMuchWaiting);
        LogDropped(logger, connection.ConnectionId, connection.UserIdentifier, bytes);
        _ = CloseAsync(connection);
    }

    private async Task CloseAsync(HubConnectionContext connection)
    {
        using var timeout = new CancellationTokenSource(ReasonTime, time);
        try
        {
            await connection.WriteAsync(new CloseMessage(Reason.WireText, allowReconnect: true), timeout.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody reads. SignalR would now wait for its own farewell to go out.
        }
        if (connection.Features.Get<ClientOutput>()?.CutIfStalled() != true) connection.Abort();
    }

    [LoggerMessage(1, LogLevel.Information, "Closed connection {ConnectionId} of user {UserId}: it reads too slowly, {Bytes} bytes waited for it")]
    private static partial void LogDropped(ILogger logger, string connectionId, string? userId, long bytes);
}
