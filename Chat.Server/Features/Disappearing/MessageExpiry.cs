using Chat.Data;
using Chat.Data.Disappearing;
using Chat.Data.Jobs;
using Chat.Data.Messages;

namespace Chat.Server.Features.Disappearing;

/// <summary>Removes messages whose time has come. One node at a time does it; two at once would do no harm.</summary>
internal sealed partial class MessageExpiry(
    IDisappearingStore store, JobLeaseRepository leases, DisappearingOptions options, TimeProvider time, ILogger<MessageExpiry> logger)
    : BackgroundService
{
    private const string Job = "message-expiry";

    /// <summary>Messages of one round. Those of a chat are one transaction in its lane, which sends wait for.</summary>
    private const int BatchSize = 200;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CheckInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                // Looking costs next to nothing, and nothing is written while there is nothing to do. The lease is a little shorter than the
                // interval, so that the holder's own next turn finds it, and another node's when the holder is gone.
                var now = time.GetUtcNow().UtcDateTime;
                if (await store.ListDueAsync(now, limit: 1, stoppingToken) is { Count: > 0 }
                    && await leases.TryTakeAsync(Job, options.CheckInterval * 0.9, now, stoppingToken))
                    await ExpireAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is DataUnavailableException or AppenderBusyException)
            {
                LogPostponed(logger, exception);
            }
        }
    }

    internal async Task ExpireAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var removed = 0;
        while (await store.ListDueAsync(now, BatchSize, cancellationToken) is { Count: > 0 } due)
        {
            foreach (var chat in due)
            {
                cancellationToken.ThrowIfCancellationRequested();
                removed += await store.ExpireAsync(chat);
            }
        }
        if (removed > 0) LogRemoved(logger, removed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} messages whose time had come")]
    private static partial void LogRemoved(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removing messages is postponed: the database is not available")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}
