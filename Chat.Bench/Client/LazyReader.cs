using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Chat.Bench.Client;

/// <summary>
/// A client that may stop reading while its connection lives and it goes on pinging: a telephone with a full buffer. Its socket takes
/// little by itself, so that what it does not read stays with the server.
/// </summary>
public sealed class LazyReader : IAsyncDisposable
{
    private const int SocketBufferBytes = 8 * 1024;
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);
    private static readonly byte[] Handshake = [.. "{\"protocol\":\"json\",\"version\":1}"u8, RawHubConnection.RecordSeparator];
    private static readonly byte[] Ping = [.. "{\"type\":6}"u8, RawHubConnection.RecordSeparator];

    private readonly WebSocket _socket;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _reading;
    private readonly Task _pinging;
    private volatile bool _stopped;

    private LazyReader(WebSocket socket)
    {
        _socket = socket;
        _reading = ReadAsync();
        _pinging = PingAsync();
    }

    /// <exception cref="HubConnectException"/>
    public static async Task<LazyReader> ConnectAsync(BenchUser user, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = SocketBufferBytes, NoDelay = true };
        try
        {
            await socket.ConnectAsync(user.Hub.Host, user.Hub.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            await UpgradeAsync(stream, user, cancellationToken);
            var webSocket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { KeepAliveInterval = TimeSpan.Zero });
            await webSocket.SendAsync(Handshake, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            return new LazyReader(webSocket);
        }
        catch (Exception exception) when (exception is SocketException or IOException or WebSocketException)
        {
            socket.Dispose();
            throw new HubConnectException(exception.Message, exception);
        }
    }

    /// <summary>Reads no more from now on.</summary>
    public void StopReading() => _stopped = true;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Abort();
        await _reading;
        await _pinging;
        _socket.Dispose();
        _closing.Dispose();
    }

    private static async Task UpgradeAsync(NetworkStream stream, BenchUser user, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
            GET {user.Hub.PathAndQuery} HTTP/1.1
            Host: {user.Hub.Authority}
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: {key}
            Authorization: Bearer {user.AccessToken}


            """).ReplaceLineEndings("\r\n")), cancellationToken);

        // Byte by byte: what follows the empty line belongs to the WebSocket.
        var answer = new List<byte>();
        var one = new byte[1];
        while (!Encoding.ASCII.GetString([.. answer]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0) break;
            answer.Add(one[0]);
        }
        var head = Encoding.ASCII.GetString([.. answer]);
        if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal)) throw new HubConnectException($"The server answered {head}");
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (!_stopped && (await _socket.ReceiveAsync(buffer, CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It has ended, by us or by the server.
        }
    }

    private async Task PingAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(PingInterval, _closing.Token);
                await _socket.SendAsync(Ping, WebSocketMessageType.Text, endOfMessage: true, _closing.Token);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // As above.
        }
    }
}
