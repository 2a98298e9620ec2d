using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace Chat.Bench.Client;

/// <summary>
/// Speaks SignalR's JSON protocol over a WebSocket without SignalR's client, so that the load generator costs little of the
/// machine that it measures. Records that are written while another frame is on its way share the next frame, as they do
/// with the .NET client and on the way back.
/// </summary>
public sealed partial class RawHubConnection : IAsyncDisposable
{
    public const byte RecordSeparator = 0x1e;

    private const int InitialBufferSize = 512;
    private const string ServedByHeader = "X-Served-By";

    /// <summary>As SignalR's own clients: the server pings twice in that time.</summary>
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(5);

    private static readonly byte[] PingRecord = [.. "{\"type\":6}"u8, RecordSeparator];

    private readonly HubSocket _socket;
    private readonly IHubReceiver _receiver;
    private readonly Lock _gate = new();
    private OutgoingFrame _waiting = new(OutgoingFrame.Text, InitialBufferSize);
    private OutgoingFrame _sending = new(OutgoingFrame.Text, InitialBufferSize);
    private volatile TaskCompletionSource? _subscribed;
    private Task _loop = Task.CompletedTask;
    private Task _pump = Task.CompletedTask;
    private bool _pumping;
    private volatile bool _closing;
    private long _heardAt = Stopwatch.GetTimestamp();

    private RawHubConnection(HubSocket socket, IHubReceiver receiver)
    {
        (_socket, _receiver) = (socket, receiver);
        ServedBy = socket.Header(ServedByHeader);
    }

    /// <summary>The node that the load balancer chose; null when there is none in between.</summary>
    public string? ServedBy { get; }

    public bool IsOpen => !_closing;

    /// <summary>Appends one record (its separator included) to the next frame. Nothing is sent before <see cref="Flush"/>.</summary>
    public void Write(ReadOnlySpan<byte> record)
    {
        lock (_gate) _waiting.Append(record);
    }

    /// <summary>Sends what was written, at once or behind the frame that is on its way.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_pumping || _waiting.IsEmpty || _closing) return;
            _pumping = true;
            _pump = PumpAsync();
        }
    }

    /// <summary>Shows the server that we live; gives up on one that has been silent for too long.</summary>
    internal void Ping()
    {
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _heardAt)) > ServerTimeout)
        {
            _socket.Dispose();
            return;
        }
        Write(PingRecord);
        Flush();
    }

    /// <summary>Closes as a browser does, and waits until the server has closed, too. Nothing may be written any more.</summary>
    public async Task SayGoodbyeAsync()
    {
        lock (_gate)
        {
            _closing = true;
        }
        await _pump;
        try
        {
            await _socket.SendAsync(new OutgoingFrame(OutgoingFrame.Close, size: 0).Finish(), CancellationToken.None);
            await _loop.WaitAsync(GoodbyeTimeout);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or TimeoutException)
        {
            // It is over either way.
        }
    }

    /// <summary>Cuts the connection without a goodbye, as a lost network does.</summary>
    public void Abort()
    {
        _closing = true;
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        KeepAlive.Remove(this);
        Abort();
        await _loop;
        await _pump;
        _socket.Dispose();
    }

    private async Task ReceiveAsync()
    {
        string? reason;
        try
        {
            do reason = Dispatch();
            while (reason is null && _socket.Goodbye is null && await _socket.ReceiveAsync(CancellationToken.None));
            reason ??= _socket.Goodbye ?? "closed by the server";
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            reason = exception.Message;
        }
        catch (JsonException exception)
        {
            reason = $"unreadable record: {exception.Message}";
        }
        var ours = _closing;
        _closing = true;
        KeepAlive.Remove(this);
        _subscribed?.TrySetException(new HubConnectException(reason));
        _receiver.Closed(this, ours ? null : reason);
    }

    /// <returns>Null, or why the server says goodbye.</returns>
    private string? Dispatch()
    {
        Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());
        var bytes = _socket.Received;
        var start = 0;
        string? goodbye = null;
        for (int length; (length = bytes[start..].IndexOf(RecordSeparator)) >= 0; start += length + 1)
        {
            var record = HubRecord.Parse(bytes.Slice(start, length));
            if (_subscribed is { } subscribed && record.InvocationId.SequenceEqual(SubscribedId))
            {
                _subscribed = null;
                subscribed.TrySetResult();
            }
            else if (record.Type is HubRecordTypes.Invocation or HubRecordTypes.Completion)
                _receiver.Received(this, record);
            else if (record.Type is HubRecordTypes.Close)
                goodbye = record.HasError ? record.Error : "the server says goodbye";
        }
        _socket.Consume(start);
        if (start > 0) _receiver.BatchReceived(this);
        Flush();
        return goodbye;
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    _sending.Clear();
                    if (_waiting.IsEmpty)
                    {
                        _pumping = false;
                        return;
                    }
                    (_waiting, _sending) = (_sending, _waiting);
                }
                await _socket.SendAsync(_sending.Finish(), CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The receive loop finds the same and says so.
        }
    }
}
