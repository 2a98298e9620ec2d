using Chat.Data;

namespace Chat.Server.Hosting;

/// <summary>Brings the database up to date before anything else starts.</summary>
internal sealed partial class DatabaseStartup(
    ChatDatabase database, Migrator migrator, DemoData demo, DatabaseOptions options, TimeProvider time, ILogger<DatabaseStartup> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                foreach (var name in await migrator.MigrateAsync(cancellationToken)) LogMigrated(logger, name);
                if (await database.QueryAsync(GaleraCluster.FindAsync, cancellationToken) is { WaitsForOthers: false }) LogReadsMayLag(logger);
                break;
            }
            catch (DataUnavailableException exception) when (time.GetElapsedTime(start) < options.StartTimeout)
            {
                LogWaiting(logger, exception.InnerException?.Message);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
        if (options.SeedDemo && await demo.LoadIntoEmptyAsync(cancellationToken)) LogSeeded(logger);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "Applied migration {Name}")]
    private static partial void LogMigrated(ILogger logger, string name);

    [LoggerMessage(2, LogLevel.Warning, "Waiting for the database: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string? reason);

    [LoggerMessage(4, LogLevel.Warning,
        "The database is a Galera cluster that does not wait for its other nodes before a read: set wsrep_sync_wait = 1 on every node, "
        + "or messages may be missing for a moment where servers use different nodes")]
    private static partial void LogReadsMayLag(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "Loaded the demo data into the empty database")]
    private static partial void LogSeeded(ILogger logger);
}
