using System.Collections.Concurrent;

namespace Chat.Bench.Client;

/// <summary>Pings for all connections by one timer: the server drops who is silent for half a minute.</summary>
internal static class KeepAlive
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly ConcurrentDictionary<RawHubConnection, bool> Connections = new();
    private static readonly Timer Timer = new(_ => PingAll(), null, Interval, Interval);

    public static void Add(RawHubConnection connection)
    {
        Connections.TryAdd(connection, true);
        // It may have ended between its last record and this line.
        if (!connection.IsOpen) Remove(connection);
        GC.KeepAlive(Timer);
    }

    public static void Remove(RawHubConnection connection) => Connections.TryRemove(connection, out _);

    private static void PingAll()
    {
        foreach (var connection in Connections.Keys) connection.Ping();
    }
}
