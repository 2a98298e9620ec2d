using Chat.Server.Hosting;
using StackExchange.Redis;

namespace Chat.Server.Realtime.Redis;

/// <summary>
/// This node's one connection to Redis. Starts without Redis, and heals by itself.
/// <para>
/// <c>ConnectionStrings:Redis</c> is a configuration string of StackExchange.Redis: <c>host:port</c>; several addresses (a primary
/// with replicas, or a few nodes of a Redis Cluster) separated by commas; or Sentinels with <c>serviceName=…</c>. The version of
/// the default build (2.x) follows the Sentinels' fail-overs; that of a limited feed (1.2.6) cannot, and such a build refuses them.
/// A command may take 2 s, unless <c>syncTimeout=…</c> says otherwise.
/// </para>
/// </summary>
public sealed partial class RedisConnection : IAsyncDisposable
{
    private const string ConfigurationPath = "ConnectionStrings:Redis";
    private const int RetryMilliseconds = 500;

    /// <summary>
    /// How long a command may take (the package: 5 s). A connection that has been silent for four times as long, with a command unanswered,
    /// is given up and made anew; so this is also how soon a connection that died without a word is replaced.
    /// </summary>
    private const int CommandMilliseconds = 2_000;

    private readonly ConfigurationOptions _configuration;
    private readonly ILogger<RedisConnection> _logger;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task<ConnectionMultiplexer>? _connecting;
    private volatile ConnectionMultiplexer? _multiplexer;

    /// <exception cref="ConfigurationException">The connection string is malformed.</exception>
    public RedisConnection(string connectionString, ILogger<RedisConnection> logger)
    {
        _configuration = Parse(connectionString);
        _logger = logger;
    }

    /// <summary>A connection broke. What is on its way may be lost.</summary>
    public event Action? Disconnected;

    /// <summary>A connection stands (again), after it broke or could not be made at first.</summary>
    public event Action? Reconnected;

    public bool IsConnected => _multiplexer is { IsConnected: true };

    /// <summary>Null until the first attempt to connect has ended, in success or not. Commands fail while <see cref="IsConnected"/> is false.</summary>
    public IDatabase? Database => _multiplexer?.GetDatabase();

    /// <summary>As <see cref="Database"/>, for channels.</summary>
    public ISubscriber? Subscriber => _multiplexer?.GetSubscriber();

    /// <summary>Begins to connect, once; ends when the first attempt has ended, in success or not.</summary>
    public async Task ConnectAsync()
    {
        Task<ConnectionMultiplexer> connecting;
        lock (_gate) connecting = _connecting ??= OpenAsync();
        await connecting;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_multiplexer is { } multiplexer)
        {
            await multiplexer.CloseAsync(allowCommandsToComplete: false);
            multiplexer.Dispose();
        }
        _stopping.Dispose();
    }

    internal static ConfigurationOptions Parse(string connectionString)
    {
        try
        {
            var configuration = ConfigurationOptions.Parse(connectionString);
            if (configuration.EndPoints.Count == 0) throw new ArgumentException("no address");
            configuration.AbortOnConnectFail = false;
            configuration.ReconnectRetryPolicy = new LinearRetry(RetryMilliseconds);
            if (!connectionString.Contains("syncTimeout", StringComparison.OrdinalIgnoreCase)) configuration.SyncTimeout = CommandMilliseconds;
            if (RedisPackages.FollowsSentinels || string.IsNullOrEmpty(configuration.ServiceName)) return configuration;
            throw new ConfigurationException(ConfigurationPath, "cannot have a serviceName: this build comes from a package feed whose driver does not follow Sentinels");
        }
        catch (ArgumentException)
        {
            // The text is not repeated: it may hold a password.
            throw new ConfigurationException(ConfigurationPath, "is malformed: host:port,…");
        }
    }

    private async Task<ConnectionMultiplexer> OpenAsync()
    {
        while (true)
        {
            try
            {
                var multiplexer = await ConnectionMultiplexer.ConnectAsync(_configuration);
                multiplexer.ConnectionFailed += (_, failure) => OnFailed(failure);
                multiplexer.ConnectionRestored += (_, _) => OnRestored();
                _multiplexer = multiplexer;
                if (multiplexer.IsConnected) LogConnected(_logger);
                else LogUnavailable(_logger);
                return multiplexer;
            }
            catch (Exception exception) when (exception is RedisConnectionException or System.Net.Sockets.SocketException)
            {
                // A name that does not resolve, or a Sentinel that does not answer: not healed by the multiplexer.
                LogUnavailable(_logger);
                await Task.Delay(RetryMilliseconds, _stopping.Token);
            }
        }
    }

    private void OnFailed(ConnectionFailedEventArgs failure)
    {
        if (_stopping.IsCancellationRequested) return;
        LogLost(_logger, failure.FailureType.ToString());
        Disconnected?.Invoke();
    }

    private void OnRestored()
    {
        LogConnected(_logger);
        Reconnected?.Invoke();
    }

    [LoggerMessage(1, LogLevel.Information, "Connected to Redis")]
    private static partial void LogConnected(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "Redis cannot be reached; this node serves its own clients and keeps trying")]
    private static partial void LogUnavailable(ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "Lost a connection to Redis ({Reason})")]
    private static partial void LogLost(ILogger logger, string reason);
}
