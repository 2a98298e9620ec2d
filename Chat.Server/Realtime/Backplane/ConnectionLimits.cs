namespace Chat.Server.Realtime.Backplane;

/// <summary>Section <c>Connections</c>: what one client may cost.</summary>
public sealed record ConnectionLimits
{
    /// <summary>
    /// Bytes of pushes held for a client that reads too slowly. Beside them: <see cref="TransportBufferBytes"/>, 64 KiB of Kestrel's (and up
    /// to 1 MiB of what the client sends), four pages that it asked for, and <see cref="SocketBufferBytes"/> in the system.
    /// </summary>
    public long MaxPendingBytes { get; init; } = 1024 * 1024;

    public int MaxPendingMessages { get; init; } = 10_000;

    /// <summary>Bytes on the way between SignalR and the socket, in each direction.</summary>
    public int TransportBufferBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// Bytes that the system keeps of what was sent and not taken yet. Left to itself it grows to some MiB for a connection that was once
    /// fast, none of which <see cref="MaxPendingBytes"/> sees. It bounds what one connection gets within a round trip, too.
    /// </summary>
    public int SocketBufferBytes { get; init; } = 128 * 1024;

    /// <summary>A client that takes nothing for so long, while there is something for it, is cut off.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing may have been sent to a client before the server sends a ping.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A client of which nothing was heard for so long, not even a ping, is taken for gone. Clients ping every 15 s.</summary>
    public TimeSpan ClientTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal static (string Key, string Reason)? Check(ConnectionLimits o) =>
        o.MaxPendingBytes < 1024 ? ("MaxPendingBytes", "must be at least 1024")
        : o.MaxPendingMessages < 1 ? ("MaxPendingMessages", "must be at least 1")
        : o.TransportBufferBytes < 1024 ? ("TransportBufferBytes", "must be at least 1024")
        : o.SocketBufferBytes < 4096 ? ("SocketBufferBytes", "must be at least 4096")
        : o.WriteTimeout < TimeSpan.FromSeconds(1) ? ("WriteTimeout", "must be at least 1 second")
        : o.KeepAliveInterval < TimeSpan.FromSeconds(1) ? ("KeepAliveInterval", "must be at least 1 second")
        : o.ClientTimeout < o.KeepAliveInterval * 2 ? ("ClientTimeout", "must be at least twice Connections:KeepAliveInterval")
        : null;
}
