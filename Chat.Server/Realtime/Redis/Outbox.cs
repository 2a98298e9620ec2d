using System.Buffers;
using System.Buffers.Binary;
using StackExchange.Redis;

namespace Chat.Server.Realtime.Redis;

/// <summary>What a node has to say on a channel: a bounded queue, and one loop that sends whatever waits as one message.</summary>
internal sealed class Outbox(RedisConnection redis, RedisChannel channel, ulong node, int maxQueuedBytes, RealtimeMetrics metrics, EchoClock echo)
    : IThreadPoolWorkItem
{
    /// <summary>A message may be one entry larger. Small enough that a slow subscriber's buffer in Redis (8 MiB) holds many.</summary>
    private const int MaxMessageBytes = 256 * 1024;

    /// <summary>A frozen Redis must not hold the loop for ever.</summary>
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What waits at the end goes out within this time, or not at all.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly string _name = channel.ToString();
    private readonly Lock _gate = new();
    private List<ReadOnlyMemory<byte>> _waiting = [];
    private List<ReadOnlyMemory<byte>> _sending = [];
    private long _queuedBytes;
    private long _lost;
    private bool _heartbeat;
    private bool _running;
    private volatile bool _stopped;
    private TaskCompletionSource? _drained;

    // Only touched by the loop.
    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);
    private long _next;

    public void Add(ReadOnlyMemory<byte> entry)
    {
        lock (_gate)
        {
            if (_drained is not null || !redis.IsConnected || _queuedBytes + entry.Length > maxQueuedBytes)
            {
                // A number is used up all the same, which tells the others.
                _lost++;
                metrics.Lost(_name, 1);
                return;
            }
            _waiting.Add(entry);
            _queuedBytes += entry.Length;
            Wake();
        }
    }

    public void AddHeartbeat()
    {
        lock (_gate)
        {
            if (_drained is not null) return;
            _heartbeat = true;
            Wake();
        }
    }

    /// <summary>Takes no more, sends what waits, and says that nothing will follow. Gives up on a Redis that does not take it.</summary>
    public async Task StopAsync()
    {
        lock (_gate)
        {
            if (_drained is not null) return;
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_running) _drained.SetResult();
        }
        try
        {
            await _drained.Task.WaitAsync(StopTimeout);
            _buffer.ResetWrittenCount();
            Envelope.WriteHeader(_buffer, node);
            await TryPublishAsync(Message(_next + _lost, Envelope.Farewell)).WaitAsync(StopTimeout);
        }
        catch (TimeoutException)
        {
            // The others will notice the silence, and find what they missed.
        }
        _stopped = true;
    }

    /// <summary>The loop. Not run by whoever adds: a batch of commits adds many entries at once, and they shall share a message.</summary>
    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private void Wake()
    {
        if (_running || _stopped) return;
        _running = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task RunAsync()
    {
        while (Take())
        {
            for (var at = 0; at < _sending.Count || at == 0;) at += await SendFromAsync(at);
            lock (_gate) foreach (var entry in _sending) _queuedBytes -= entry.Length;
            _sending.Clear();
        }
    }

    private bool Take()
    {
        lock (_gate)
        {
            if (_stopped || (_waiting.Count == 0 && !_heartbeat))
            {
                _running = false;
                _drained?.TrySetResult();
                return false;
            }
            (_waiting, _sending) = (_sending, _waiting);
            _heartbeat = false;
            _next += _lost;
            _lost = 0;
            return true;
        }
    }

    /// <returns>How many entries went, at least 1 so that a heartbeat ends the caller's loop.</returns>
    private async Task<int> SendFromAsync(int start)
    {
        var count = Encode(start);
        var first = _next;
        _next += count;
        echo.Sent(first, count);
        if (await TryPublishAsync(Message(first, count))) metrics.Published(_name, count);
        else if (count > 0) metrics.Lost(_name, count);
        return Math.Max(1, count);
    }

    private async Task<bool> TryPublishAsync(byte[] message)
    {
        if (redis is not { IsConnected: true, Subscriber: { } subscriber }) return false;
        try
        {
            await subscriber.PublishAsync(channel, message, CommandFlags.DemandMaster).WaitAsync(PublishTimeout);
            return true;
        }
        catch (Exception)
        {
            // Whatever it was, the connection tells of it, and the loop must go on. If it went all the same, nothing is lost.
            return false;
        }
    }

    private int Encode(int start)
    {
        _buffer.ResetWrittenCount();
        Envelope.WriteHeader(_buffer, node);
        var at = start;
        while (at < _sending.Count && _buffer.WrittenCount < MaxMessageBytes)
        {
            var entry = _sending[at++];
            BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(Envelope.EntryHeaderBytes), entry.Length);
            _buffer.Advance(Envelope.EntryHeaderBytes);
            _buffer.Write(entry.Span);
        }
        return at - start;
    }

    private byte[] Message(long first, int count)
    {
        var message = _buffer.WrittenSpan.ToArray();
        Envelope.Complete(message, first, count);
        return message;
    }
}
