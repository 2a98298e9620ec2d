using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Tests.Support;

/// <summary>A network between client and server that can fall silent: nothing arrives any more, on either side, and nobody is told.</summary>
internal sealed class SilentProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _silence = new();
    private readonly List<Socket> _sockets = [];
    private readonly Uri _server;

    public SilentProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new UriBuilder(_server) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;

    /// <summary>The sockets stay open; what comes is left lying in them.</summary>
    public void FallSilent() => _silence.Cancel();

    /// <summary>Cuts the connections. May be called again; before the client is disposed of, or that will wait for its farewell.</summary>
    public ValueTask DisposeAsync()
    {
        _listener.Stop();
        lock (_sockets) foreach (var socket in _sockets) socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_silence.Token);
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                lock (_sockets) _sockets.AddRange([client, server]);
                await server.ConnectAsync(_server.Host, _server.Port, _silence.Token);
                _ = PumpAsync(client, server);
                _ = PumpAsync(server, client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Silent, or over.
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _silence.Token) is > 0 and var count)
                await to.SendAsync(buffer.AsMemory(0, count), _silence.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Silent, or over.
        }
    }
}
