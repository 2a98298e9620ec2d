using Chat.Data;
using Chat.Data.Exports;
using Chat.Server.Hosting;

namespace Chat.Server.Features.Exports;

/// <summary>
/// Does exports, one at a time on each node. A node that ends in the middle of one loses its lease, and another starts it afresh. One that fails
/// <see cref="MaxAttempts"/> times is given up, and its owner told.
/// </summary>
internal sealed partial class ExportWorker(
    ExportRepository exports, ExportWriter writer, ExportFiles files, ExportOptions options, JobMetrics metrics, TimeProvider time,
    ILogger<ExportWorker> logger)
    : BackgroundService
{
    internal const string Name = "exports";

    private const int MaxAttempts = 3;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicWork.RepeatAsync(options.PollInterval, time, WorkAndPurgeAsync, Postponed, stoppingToken);

    private void Postponed(Exception exception)
    {
        metrics.Postponed(Name);
        LogPostponed(logger, exception);
    }

    internal async Task WorkAndPurgeAsync(CancellationToken cancellationToken)
    {
        while (await WorkAsync(cancellationToken))
        {
        }
        // Files live a little longer than what names them: nobody is told of one that is gone.
        while (await exports.PurgeAsync(Now - options.KeepTime, cancellationToken) > 0)
        {
        }
        files.Purge(Now - options.KeepTime - options.LeaseTime);
    }

    /// <returns>False when there is nothing to do.</returns>
    private async Task<bool> WorkAsync(CancellationToken stopping)
    {
        var lease = Guid.NewGuid();
        if (await exports.TakeAsync(lease, Now, Now + options.LeaseTime, stopping) is not { } export) return false;
        var name = $"export-{export.ExportId}-{lease:N}.zip";
        try
        {
            await using (var file = files.Create(name))
                await writer.WriteAsync(export.UserId, file, (done, total) => RenewAsync(export, lease, done, total, stopping), stopping);
            var bytes = files.Complete(name);
            if (await exports.FinishAsync(export.ExportId, lease, name, bytes, Now, CancellationToken.None)) metrics.Done(Name);
            else files.Delete(name);
        }
        catch (LeaseLostException)
        {
            files.Delete(name);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            files.Delete(name);
            LogFailed(logger, export.ExportId, export.Attempts, exception);
            await RetryOrFailAsync(export, lease, stopping);
        }
        return true;
    }

    private async Task RetryOrFailAsync(ExportRow export, Guid lease, CancellationToken stopping)
    {
        if (export.Attempts < MaxAttempts)
        {
            // The lease runs out, and it is tried again then.
            metrics.Postponed(Name);
            return;
        }
        await exports.FinishAsync(export.ExportId, lease, fileName: null, bytes: 0, Now, stopping);
        metrics.Failed(Name);
    }

    private async Task RenewAsync(ExportRow export, Guid lease, int done, int total, CancellationToken cancellationToken)
    {
        if (!await exports.RenewAsync(export.ExportId, lease, done, total, Now + options.LeaseTime, cancellationToken)) throw new LeaseLostException();
    }

    /// <summary>Somebody else works on it, or the account is gone.</summary>
    private sealed class LeaseLostException : Exception;

    [LoggerMessage(1, LogLevel.Warning, "Exports are postponed: the database or the folder cannot be reached")]
    private static partial void LogPostponed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Export {ExportId} failed at attempt {Attempt}")]
    private static partial void LogFailed(ILogger logger, long exportId, int attempt, Exception exception);
}
