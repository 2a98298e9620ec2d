using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime.Backplane;

/// <summary>What happens to a client that does not read: it is closed, and will find what it missed when it comes back.</summary>
internal sealed partial class SlowClients(ConnectionLimits limits, RealtimeMetrics metrics, ILogger<SlowClients> logger)
{
    public ConnectionLimits Limits => limits;

    public RealtimeMetrics Metrics => metrics;

    public void Drop(HubConnectionContext connection, long bytes)
    {
        metrics.ClientDropped();
        LogDropped(logger, connection.ConnectionId, connection.UserIdentifier, bytes);
        connection.Abort();
    }

    [LoggerMessage(1, LogLevel.Information, "Closed connection {ConnectionId} of user {UserId}: it reads too slowly, {Bytes} bytes waited for it")]
    private static partial void LogDropped(ILogger logger, string connectionId, string? userId, long bytes);
}
