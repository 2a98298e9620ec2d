using System.Threading.Channels;
using Chat.Server.Realtime.Redis;

namespace Chat.Server.Realtime.Cluster;

/// <summary>
/// Asks clients to catch up, <see cref="RedisOptions.ResyncsPerSecond"/> at most, since each then comes to the database. A client that
/// waits for its turn is asked once, however often pushes are lost meanwhile.
/// </summary>
internal sealed class ClientResync(
    ConnectionRegistry registry, ConnectionNotifier notifier, RealtimeMetrics metrics, RedisOptions options, TimeProvider time)
    : BackgroundService
{
    private const int StepsPerSecond = 10;

    private readonly Lock _gate = new();
    private readonly Queue<LocalConnection> _line = new();
    private readonly HashSet<string> _waiting = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Everybody who is connected here.</summary>
    public void AskAll()
    {
        lock (_gate)
        {
            foreach (var connection in registry.All())
                if (_waiting.Add(connection.ConnectionId)) _line.Enqueue(connection);
        }
        metrics.Recovered();
        _wake.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var atOnce = (options.ResyncsPerSecond + StepsPerSecond - 1) / StepsPerSecond;
        var pause = TimeSpan.FromSeconds((double)atOnce / options.ResyncsPerSecond);
        await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
        {
            while (AskNext(atOnce)) await Task.Delay(pause, time, stoppingToken);
        }
    }

    /// <returns>False when nobody was waiting.</returns>
    private bool AskNext(int count)
    {
        var any = false;
        for (; count > 0 && TryTake(out var connection); count--)
        {
            any = true;
            if (registry.Contains(connection)) notifier.Missed(connection.ConnectionId, chatId: null, "the nodes did not hear each other");
        }
        return any;
    }

    private bool TryTake(out LocalConnection connection)
    {
        lock (_gate)
        {
            if (!_line.TryDequeue(out connection!)) return false;
            _waiting.Remove(connection.ConnectionId);
            return true;
        }
    }
}
