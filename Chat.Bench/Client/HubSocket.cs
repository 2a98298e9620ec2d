using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Chat.Bench.Client;

/// <summary>
/// A WebSocket client on a bare socket. The framework's own reads each frame by an asynchronous call through several layers; here a
/// read of the socket takes all frames that are there, which is what makes a generator cheap that shares its machine with what it
/// measures.
/// </summary>
internal sealed class HubSocket : IDisposable
{
    private const int InitialBufferSize = 1024;
    private const int MaxAnswerHeaders = 16 * 1024;
    private const string HeaderEnd = "\r\n\r\n";

    private readonly Socket _socket;
    private readonly IncomingFrames _frames = new(InitialBufferSize);
    private string _answer = "";

    private HubSocket(Socket socket) => _socket = socket;

    /// <summary>What was received and not consumed.</summary>
    public ReadOnlySpan<byte> Received => _frames.Payload;

    /// <summary>Why the server closes; null while it has not said goodbye.</summary>
    public string? Goodbye => _frames.Goodbye;

    /// <exception cref="SocketException"/>
    /// <exception cref="IOException">The server refused; the message says with which status.</exception>
    public static async Task<HubSocket> ConnectAsync(Uri hub, string accessToken, CancellationToken cancellationToken)
    {
        var socket = new HubSocket(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            await socket._socket.ConnectAsync(hub.Host, hub.Port, cancellationToken);
            await socket.UpgradeAsync(hub, accessToken, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A header of the answer that opened the WebSocket.</summary>
    public string? Header(string name)
    {
        foreach (var line in _answer.Split("\r\n"))
            if (line.StartsWith(name, StringComparison.OrdinalIgnoreCase) && line.AsSpan(name.Length).StartsWith(":"))
                return line[(name.Length + 1)..].Trim();
        return null;
    }

    /// <summary>Reads what is there, or waits for it.</summary>
    /// <returns>False when the server has closed.</returns>
    /// <exception cref="SocketException"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        var count = await _socket.ReceiveAsync(_frames.GetFree(), SocketFlags.None, cancellationToken);
        if (count == 0) return false;
        _frames.Received(count);
        // The system takes sends one after another, each as a whole: this one may come between two others.
        if (_frames.TakePing() is { } ping) await AnswerAsync(ping, cancellationToken);
        return true;
    }

    public void Consume(int count) => _frames.Consume(count);

    /// <exception cref="SocketException"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        while (frame.Length > 0) frame = frame[await _socket.SendAsync(frame, SocketFlags.None, cancellationToken)..];
    }

    public void Dispose() => _socket.Dispose();

    private async Task UpgradeAsync(Uri hub, string accessToken, CancellationToken cancellationToken)
    {
        var request = $"GET {hub.PathAndQuery} HTTP/1.1\r\nHost: {hub.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String(Guid.NewGuid().ToByteArray())}\r\n"
            + $"Authorization: Bearer {accessToken}{HeaderEnd}";
        await SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);

        var answer = new byte[MaxAnswerHeaders];
        var length = 0;
        int end;
        while ((end = answer.AsSpan(0, length).IndexOf(Encoding.ASCII.GetBytes(HeaderEnd))) < 0)
        {
            if (length == answer.Length) throw new IOException("the server's answer has no end");
            var count = await _socket.ReceiveAsync(answer.AsMemory(length), SocketFlags.None, cancellationToken);
            if (count == 0) throw new IOException("the server closed the connection before it answered");
            length += count;
        }
        _answer = Encoding.ASCII.GetString(answer, 0, end);
        var status = _answer.Split("\r\n")[0];
        if (!status.StartsWith("HTTP/1.1 101", StringComparison.Ordinal)) throw new IOException($"the server answered {status}");
        // A server that speaks first may have done so already.
        var rest = answer.AsMemory((end + HeaderEnd.Length)..length);
        rest.CopyTo(_frames.GetFree(rest.Length));
        _frames.Received(rest.Length);
    }

    private ValueTask AnswerAsync(byte[] ping, CancellationToken cancellationToken)
    {
        var pong = new OutgoingFrame(OutgoingFrame.Pong, ping.Length);
        pong.Append(ping);
        return SendAsync(pong.Finish(), cancellationToken);
    }
}
