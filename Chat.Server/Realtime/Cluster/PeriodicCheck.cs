using Chat.Server.Realtime.Redis;

namespace Chat.Server.Realtime.Cluster;

/// <summary>
/// Checks every connection once in <see cref="RedisOptions.CheckInterval"/>, spread over it by user, so that it is no burst. Catches what
/// was lost without anybody noticing: a node that died between a commit and the news of it, for example.
/// </summary>
internal sealed partial class PeriodicCheck(
    ConnectionCheck check, ConnectionRegistry registry, RedisOptions options, TimeProvider time, ILogger<PeriodicCheck> logger)
    : BackgroundService
{
    private const int Parts = 30;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CheckInterval / Parts, time);
        for (var part = 0; await timer.WaitForNextTickAsync(stoppingToken); part = (part + 1) % Parts)
        {
            try
            {
                await check.CheckAsync(registry.Users().Where(userId => userId % Parts == part), stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Whatever it is, the database or Redis, the next round may find it mended.
                LogNotChecked(logger, exception);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Connections could not be compared with the database; the next round comes to it")]
    private static partial void LogNotChecked(ILogger logger, Exception exception);
}
