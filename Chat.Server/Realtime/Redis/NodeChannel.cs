using StackExchange.Redis;

namespace Chat.Server.Realtime.Redis;

/// <summary>
/// A channel on which every node tells all others. Contract:
/// <list type="bullet">
/// <item><see cref="Send"/> never waits. What waits to be sent is bounded, and goes out in as few messages as it fits into: one is
/// under way at a time, and whatever comes meanwhile shares the next.</item>
/// <item>Entries of one node arrive in order, at most once; one's own do not.</item>
/// <item>Loss is noticed: entries are numbered, so a node that misses some (a full queue, a restart of Redis, a subscription that died
/// without a word) learns of it with the next heartbeat at the latest, and raises <see cref="NewsLost"/>. So does one that heard nothing,
/// not even itself, for a while, once it hears again; and one whose neighbour fell silent without having ended in order, for that may have
/// stored what it never told.</item>
/// </list>
/// </summary>
internal sealed partial class NodeChannel : IAsyncDisposable
{
    private readonly RedisConnection _redis;
    private readonly RedisChannel _channel;
    private readonly string _name;
    private readonly Outbox _outbox;
    private readonly EchoClock _echo;
    private readonly NodeWatch _watch;
    private readonly RealtimeMetrics _metrics;
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _subscribing = new(1);
    private readonly Action<ReadOnlyMemory<byte>> _handle;
    private volatile Func<Task>? _unsubscribe;
    private long _unhandled;
    private ITimer? _heart;
    private long _echoAt;
    private long _hearingSince;
    private volatile bool _isHealthy;

    public NodeChannel(
        RedisConnection redis, RedisChannel channel, ulong node, RedisOptions options, RealtimeMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_redis, _channel, Node) = (redis, channel, node);
        (_options, _metrics, _time, _logger) = (options, metrics, time, logger);
        _name = channel.ToString();
        _handle = Handle;
        _watch = new NodeWatch(time, options.Heartbeat * 3);
        _echo = new EchoClock(_name, metrics, time);
        _outbox = new Outbox(redis, channel, node, options.MaxQueuedBytes, metrics, _echo);
    }

    /// <summary>An entry of another node. Called one after another; must not block.</summary>
    public event Action<ReadOnlyMemory<byte>>? Received;

    /// <summary>Entries of other nodes were missed.</summary>
    public event Action? NewsLost;

    /// <summary>This node's id, made anew with each start: random, and not checked against the others (docs/decisions/0004).</summary>
    public ulong Node { get; }

    /// <summary>Whether this node lately heard what it sent itself, and so would have heard the others.</summary>
    public bool IsHealthy => _isHealthy;

    /// <summary>The other nodes that live.</summary>
    public IReadOnlyList<ulong> LiveNodes => _watch.Live;

    /// <summary>Subscribes if Redis is there, else as soon as it is.</summary>
    public async Task StartAsync()
    {
        _echoAt = _time.GetTimestamp();
        _redis.Disconnected += OnDisconnected;
        _redis.Reconnected += OnReconnected;
        await SubscribeAsync(renew: false);
        _heart = _time.CreateTimer(_ => Beat(), null, TimeSpan.Zero, _options.Heartbeat);
    }

    /// <summary>Hands an entry over to be sent to all other nodes. Not kept: the sender may not change it any more.</summary>
    public void Send(ReadOnlyMemory<byte> entry) => _outbox.Add(entry);

    public async ValueTask DisposeAsync()
    {
        _redis.Disconnected -= OnDisconnected;
        _redis.Reconnected -= OnReconnected;
        if (_heart is not null) await _heart.DisposeAsync();
        await _outbox.StopAsync();
    }

    private void OnDisconnected() => _isHealthy = false;

    private void OnReconnected() => _ = SubscribeAsync(renew: false);

    private void Beat()
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _echoAt)) > _options.Heartbeat * 3)
        {
            _isHealthy = false;
            Interlocked.Exchange(ref _echoAt, _time.GetTimestamp());
            // Connected, and yet we do not hear even ourselves: the subscription is gone.
            if (_redis.IsConnected) _ = SubscribeAsync(renew: true);
        }
        else if (_unsubscribe is null && _redis.IsConnected && _subscribing.CurrentCount > 0)
        {
            // Redis was not there at the start, or could not be asked the last time.
            _ = SubscribeAsync(renew: false);
        }
        if (_isHealthy && _watch.TakeSilenced(Interlocked.Read(ref _hearingSince)) is > 0 and var silenced)
        {
            LogSilenced(_logger, silenced, _name);
            NewsLost?.Invoke();
        }
        _outbox.AddHeartbeat();
    }

    private async Task SubscribeAsync(bool renew)
    {
        await _subscribing.WaitAsync();
        try
        {
            if (renew && _unsubscribe is { } unsubscribe)
            {
                _unsubscribe = null;
                await unsubscribe();
            }
            // A subscription that was made once is renewed by the connection itself when it heals.
            if (_unsubscribe is null && _redis is { IsConnected: true, Subscriber: { } subscriber })
                _unsubscribe = await RedisPackages.SubscribeInOrderAsync(subscriber, _channel, message => OnMessage(message));
            _outbox.AddHeartbeat();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogSubscribeFailed(_logger, exception, _name);
        }
        finally
        {
            _subscribing.Release();
        }
    }

    private void OnMessage(byte[]? message)
    {
        try
        {
            var envelope = new Envelope(message);
            if (!envelope.IsReadable) return;
            if (envelope.Node == Node) OnEcho(envelope);
            else OnEntries(envelope);
        }
        catch (Exception exception)
        {
            // One bad message must not end the subscription.
            LogUnreadable(_logger, exception, _name);
            NewsLost?.Invoke();
        }
    }

    private void OnEcho(Envelope envelope)
    {
        _echo.Heard(envelope.First, envelope.Count);
        Interlocked.Exchange(ref _echoAt, _time.GetTimestamp());
        if (_isHealthy) return;
        Interlocked.Exchange(ref _hearingSince, _time.GetTimestamp());
        LogHealthy(_logger, _name);
        // In this order: whoever sees the channel healthy knows of the loss.
        NewsLost?.Invoke();
        _isHealthy = true;
    }

    private void OnEntries(Envelope envelope)
    {
        _unhandled = 0;
        var arrival = _watch.Saw(envelope.Node, envelope.First, envelope.Count);
        if (envelope.IsFarewell) _watch.Ended(envelope.Node);
        if (envelope.Count > arrival.Repeated)
        {
            _metrics.Received(_name, envelope.Count - arrival.Repeated);
            envelope.ForEach(_handle, skip: arrival.Repeated);
        }
        var missed = arrival.Missed + _unhandled;
        if (missed == 0) return;
        _metrics.Missed(_name, missed);
        LogMissed(_logger, missed, _name);
        NewsLost?.Invoke();
    }

    private void Handle(ReadOnlyMemory<byte> entry)
    {
        try
        {
            Received?.Invoke(entry);
        }
        catch (Exception exception)
        {
            // It must not take along those that share its message.
            _unhandled++;
            LogUnreadable(_logger, exception, _name);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Hearing the other nodes on {Channel}")]
    private static partial void LogHealthy(ILogger logger, string channel);

    [LoggerMessage(2, LogLevel.Warning, "{Count} entries of another node on {Channel} never came, or could not be handled")]
    private static partial void LogMissed(ILogger logger, long count, string channel);

    [LoggerMessage(3, LogLevel.Warning, "Cannot subscribe to {Channel}; trying again")]
    private static partial void LogSubscribeFailed(ILogger logger, Exception exception, string channel);

    [LoggerMessage(4, LogLevel.Warning, "A message on {Channel} could not be handled")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string channel);

    [LoggerMessage(5, LogLevel.Warning, "{Count} other nodes on {Channel} fell silent; what they stored last may not have been told")]
    private static partial void LogSilenced(ILogger logger, int count, string channel);
}
