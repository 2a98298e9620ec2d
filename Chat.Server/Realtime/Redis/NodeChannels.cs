namespace Chat.Server.Realtime.Redis;

/// <summary>This node's channels to the others. There is none of it without Redis.</summary>
internal sealed class NodeChannels : IHostedLifecycleService, IAsyncDisposable
{
    private readonly RedisConnection _redis;
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;

    public NodeChannels(
        RedisConnection redis, RedisNames names, RedisOptions options, RealtimeMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        (_redis, _options, _time) = (redis, options, time);
        var node = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);
        var logger = loggers.CreateLogger<NodeChannel>();
        Push = new NodeChannel(redis, names.PushChannel, node, options, metrics, time, logger);
        News = new NodeChannel(redis, names.NewsChannel, node, options, metrics, time, logger);
        metrics.WatchBus(() => IsHealthy);
    }

    /// <summary>Pushes, and what concerns connections. A flood here does not hold up <see cref="News"/>.</summary>
    public NodeChannel Push { get; }

    /// <summary>What changed, for the nodes themselves.</summary>
    public NodeChannel News { get; }

    /// <summary>Whether this node hears the others.</summary>
    public bool IsHealthy => _redis.IsConnected && Push.IsHealthy && News.IsHealthy;

    /// <summary>Listens before the first client connects, if Redis is there.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _redis.ConnectAsync().WaitAsync(_options.StartTimeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Goes on by itself.
        }
        await Push.StartAsync();
        await News.StartAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Push.DisposeAsync();
        await News.DisposeAsync();
    }
}
