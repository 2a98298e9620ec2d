using System.Collections.Concurrent;
using System.Threading.Channels;
using Chat.Data;
using Chat.Data.Presence;

namespace Chat.Server.Features.Presence;

/// <summary>
/// Keeps the leases of this node's connections, and tells of those who come and go. One loop does it all: what happens in
/// the meantime is gathered and done together, so a storm of reconnects costs few calls.
/// </summary>
public sealed partial class PresenceTracker(
    IPresenceStore store,
    ILastSeenStore lastSeen,
    PresenceNotifier notifier,
    PresenceOptions options,
    TimeProvider time,
    ILogger<PresenceTracker> logger) : BackgroundService
{
    /// <summary>Leases in one call of the store.</summary>
    private const int BatchSize = 500;

    private readonly ConcurrentDictionary<string, PresenceLease> _leases = new();
    private readonly ConcurrentQueue<PresenceLease> _begun = new();
    private readonly ConcurrentQueue<PresenceLease> _ended = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<long, DateTime> _unwritten = [];
    private volatile bool _failing;

    /// <summary>Connections that this node keeps online.</summary>
    public int Count => _leases.Count;

    /// <summary>Whether the last attempt to keep or to store presence failed.</summary>
    public bool IsFailing => _failing;

    public void Connected(long userId, string connectionId)
    {
        var lease = new PresenceLease(userId, connectionId);
        _leases[connectionId] = lease;
        _begun.Enqueue(lease);
        _wake.Writer.TryWrite(true);
    }

    public void Disconnected(string connectionId)
    {
        if (!_leases.TryRemove(connectionId, out var lease)) return;
        _ended.Enqueue(lease);
        _wake.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var renewal = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, options.SweepInterval, options.SweepInterval);
        await using var stopRenewal = renewal;
        var renewedAt = time.GetTimestamp();
        try
        {
            while (await _wake.Reader.WaitToReadAsync(stoppingToken))
            {
                _wake.Reader.TryRead(out _);
                var renew = time.GetElapsedTime(renewedAt) >= options.LeaseTime / 3;
                if (renew) renewedAt = time.GetTimestamp();
                await TryAsync(() => RoundAsync(renew));
                await TryAsync(() => WriteLastSeenAsync(stoppingToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping. Leases of connections that are closed now run out by themselves.
        }
    }

    private async Task RoundAsync(bool renew)
    {
        var touched = Drain(_begun).Where(lease => _leases.ContainsKey(lease.ConnectionId));
        foreach (var batch in (renew ? _leases.Values : touched).Chunk(BatchSize))
            notifier.Online(await store.TouchAsync(batch));

        foreach (var batch in Drain(_ended).Chunk(BatchSize))
        {
            // Should the store not answer, its leases run out later: then they are written as seen now, by this node's clock.
            foreach (var lease in batch) _unwritten[lease.UserId] = WholeSeconds(time.GetUtcNow().UtcDateTime);
            await Task.WhenAll(batch.Select(store.EndAsync));
            foreach (var lease in batch) _unwritten.Remove(lease.UserId);
        }

        var ends = (await store.SweepAsync()).Select(end => end with { At = WholeSeconds(end.At) }).ToList();
        foreach (var end in ends) _unwritten[end.UserId] = end.At;
        notifier.Offline(ends);
    }

    /// <summary>Who was last seen in the same second is written with one statement.</summary>
    private async Task WriteLastSeenAsync(CancellationToken cancellationToken)
    {
        foreach (var second in _unwritten.GroupBy(user => user.Value, user => user.Key).ToList())
        {
            foreach (var batch in second.Chunk(BatchSize))
            {
                await lastSeen.SetAsync(batch, second.Key, cancellationToken);
                foreach (var userId in batch) _unwritten.Remove(userId);
            }
        }
    }

    private static DateTime WholeSeconds(DateTime utc) => utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerSecond));

    private static List<PresenceLease> Drain(ConcurrentQueue<PresenceLease> queue)
    {
        var drained = new List<PresenceLease>();
        while (queue.TryDequeue(out var lease)) drained.Add(lease);
        return drained;
    }

    /// <summary>Presence goes on after whatever failed: every lease is renewed again within a third of its life.</summary>
    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
            if (_failing) LogRecovered(logger);
            _failing = false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (!_failing) LogFailed(logger, exception is DataUnavailableException or PresenceUnavailableException ? exception.Message : exception.ToString());
            _failing = true;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Presence cannot be kept for the moment: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "Presence is kept again")]
    private static partial void LogRecovered(ILogger logger);
}
