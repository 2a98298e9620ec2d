using Chat.Data;
using Chat.Data.Jobs;
using Chat.Data.Media;
using Chat.Server.Errors;
using Chat.Server.Features.Media.Storage;
using Chat.Server.Hosting;

namespace Chat.Server.Features.Media;

/// <summary>
/// Deletes what nobody holds any more: uploads that no message took within <see cref="MediaOptions.OrphanTime"/>, nor is to take at its time,
/// or that the last message let go of, then the bytes behind them. One node at a time does it; two at once would do no harm.
/// </summary>
internal sealed partial class MediaCollector(
    MediaCollectorRepository media, JobLeaseRepository leases, IMediaStore store, IncomingFolder incoming, MediaOptions options, JobMetrics metrics,
    TimeProvider time, ILogger<MediaCollector> logger)
    : BackgroundService
{
    internal const string Job = "media-collector";
    private const int BatchSize = 200;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicWork.RepeatAsync(options.CollectInterval, time, CollectInTurnAsync, Postponed, stoppingToken);

    private void Postponed(Exception exception)
    {
        metrics.Postponed(Job);
        LogPostponed(logger, exception);
    }

    private async Task CollectInTurnAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        incoming.RemoveAbandoned(now);
        if (await leases.TryTakeTurnAsync(Job, options.CollectInterval, now, cancellationToken)) await CollectAsync(cancellationToken);
    }

    internal async Task CollectAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var deleted = 0;
        while (await media.CollectMediaAsync(now, now + options.OrphanTime, BatchSize, cancellationToken) is { Seen: > 0 } batch)
        {
            metrics.Done(Job, batch.Deleted);
            deleted += batch.Deleted;
        }

        var removed = 0;
        while (await media.DoomBlobsAsync(now, BatchSize, cancellationToken) is { Seen: > 0 } due)
            foreach (var key in due.Doomed)
            {
                await store.DeleteAsync(MediaKeys.Name(key), cancellationToken);
                await media.DeleteBlobAsync(key, cancellationToken);
                metrics.Done(Job);
                removed++;
            }
        if (deleted + removed > 0) LogCollected(logger, deleted, removed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Collected {Media} files that nobody holds, removed {Objects} objects")]
    private static partial void LogCollected(ILogger logger, int media, int objects);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Collecting media is postponed: the database or the store is not available")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}
