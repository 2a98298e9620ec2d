using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chat.Server.Tests.Support;

/// <summary>A client that is set up like any other, and then reads nothing. Little fits in between: its socket buffer is small.</summary>
internal sealed class StuckSocket : IAsyncDisposable
{
    private const int ReceiveBufferBytes = 4096;

    private readonly ClientWebSocket _socket = new();
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { ConnectCallback = ConnectAsync });
    private readonly List<byte> _record = [];
    private readonly byte[] _buffer = new byte[ReceiveBufferBytes];

    private StuckSocket()
    {
    }

    /// <summary>Connects, and is subscribed when this returns.</summary>
    public static async Task<StuckSocket> ConnectAsync(Uri server, string accessToken)
    {
        var stuck = new StuckSocket();
        stuck._socket.Options.SetRequestHeader("Authorization", $"Bearer {accessToken}");
        var address = new UriBuilder(server) { Scheme = "ws", Path = "/hub/chat" }.Uri;
        await stuck._socket.ConnectAsync(address, stuck._http, CancellationToken.None).OrDeadline();
        await stuck.SendAsync("""{"protocol":"json","version":1}""");
        await stuck.SendAsync("""{"type":1,"invocationId":"1","target":"ListChats","arguments":[{"limit":1}]}""");
        await stuck.ReadUntilAsync(record => record.RootElement.TryGetProperty("invocationId", out _)).OrDeadline();
        return stuck;
    }

    public Task SendAsync(string record) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(record + (char)RawHubSocket.Separator), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>Begins to read, until the server's close message.</summary>
    /// <returns>Its error; null when the connection ended without one.</returns>
    public async Task<string?> ReadToTheEndAsync()
    {
        try
        {
            using var close = await ReadUntilAsync(record =>
                record.RootElement.TryGetProperty("type", out var type) && type.GetInt32() == 7).OrDeadline();
            return close.RootElement.TryGetProperty("error", out var error) ? error.GetString() : null;
        }
        catch (Exception exception) when (exception is WebSocketException or IOException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = ReceiveBufferBytes };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task<JsonDocument> ReadUntilAsync(Func<JsonDocument, bool> isLast)
    {
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer, CancellationToken.None);
            if (read.MessageType == WebSocketMessageType.Close) throw new IOException("Closed.");
            foreach (var value in _buffer.AsMemory(0, read.Count).ToArray())
            {
                if (value != RawHubSocket.Separator)
                {
                    _record.Add(value);
                    continue;
                }
                var record = JsonDocument.Parse(_record.ToArray());
                _record.Clear();
                if (isLast(record)) return record;
                record.Dispose();
            }
        }
    }
}
