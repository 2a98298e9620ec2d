using Chat.Data.Disappearing;
using Chat.Data.Jobs;
using Chat.Server.Hosting;

namespace Chat.Server.Features.Disappearing;

/// <summary>Removes messages whose time has come. One node at a time does it; two at once would do no harm.</summary>
internal sealed partial class MessageExpiry(
    IDisappearingStore store, JobLeaseRepository leases, DisappearingOptions options, JobMetrics metrics, TimeProvider time, ILogger<MessageExpiry> logger)
    : BackgroundService
{
    internal const string Job = "message-expiry";

    /// <summary>Messages of one round. Those of a chat are one transaction in its lane, which sends wait for.</summary>
    private const int BatchSize = 200;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicWork.RepeatAsync(options.CheckInterval, time, ExpireInTurnAsync, Postponed, stoppingToken);

    private void Postponed(Exception exception)
    {
        metrics.Postponed(Job);
        LogPostponed(logger, exception);
    }

    private async Task ExpireInTurnAsync(CancellationToken cancellationToken)
    {
        // Looking costs next to nothing, and nothing is written while there is nothing to do.
        var now = time.GetUtcNow().UtcDateTime;
        if (await store.ListDueAsync(now, limit: 1, cancellationToken) is { Count: > 0 }
            && await leases.TryTakeTurnAsync(Job, options.CheckInterval, now, cancellationToken))
            await ExpireAsync(cancellationToken);
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
                var gone = await store.ExpireAsync(chat);
                metrics.Done(Job, gone);
                removed += gone;
            }
        }
        if (removed > 0) LogRemoved(logger, removed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} messages whose time had come")]
    private static partial void LogRemoved(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removing messages is postponed")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}
