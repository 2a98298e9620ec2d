using Chat.Data;
using Chat.Data.Jobs;
using Chat.Server.Features.Disappearing;
using Chat.Server.Features.Exports;
using Chat.Server.Features.Media;
using Chat.Server.Features.Scheduling;

namespace Chat.Server.Hosting;

/// <summary>
/// Measures how far the jobs that work off items are behind. Apart from the jobs themselves: one that hangs would not tell. Every node reports the
/// same, since it reads it off the database, and asks nothing while nobody collects metrics.
/// </summary>
internal sealed class JobLagWatch(JobLagRepository lags, JobMetrics metrics, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // A value that cannot be told any more is told no longer; why, the failures of the database say.
        PeriodicWork.RepeatAsync(Interval, time, MeasureAsync, _ => metrics.Measured(), stoppingToken);

    internal async Task MeasureAsync(CancellationToken cancellationToken)
    {
        if (!metrics.IsLagWatched) return;
        var now = time.GetUtcNow().UtcDateTime;
        var due = await lags.FindAsync(now, cancellationToken);
        metrics.Measured(
            (ScheduledSender.Job, Since(due.Scheduled)),
            (MessageExpiry.Job, Since(due.Expiring)),
            (MediaCollector.Job, Since(due.Media, due.Blobs)),
            (ExportWorker.Name, Since(due.Exports, due.AbandonedExports)));

        TimeSpan Since(params IEnumerable<DateTime?> times) => times.Min() is { } oldest && oldest < now ? now - oldest : TimeSpan.Zero;
    }
}
