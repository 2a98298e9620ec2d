using Chat.Data;
using Chat.Data.Accounts;
using Chat.Server.Hosting;

namespace Chat.Server.Features.Accounts;

/// <summary>
/// Deletes what has no meaning any more: windows of failed log-ins that are over, sessions that ended long ago, used tokens that
/// would have expired. Every node does it; they do not get in each other's way.
/// </summary>
internal sealed partial class AccountsCleanup(
    LoginFailureRepository failures, SessionRepository sessions, AuthOptions options, TimeProvider time, ILogger<AccountsCleanup> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(30);

    /// <summary>Ended sessions are kept a while, for whoever asks what happened to them.</summary>
    private static readonly TimeSpan KeepEndedSessions = TimeSpan.FromDays(30);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicWork.RepeatAsync(Period, time, PurgeAsync, exception => LogPostponed(logger, exception), stoppingToken);

    internal async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        while (await failures.PurgeAsync(now - options.LoginFailureWindow, cancellationToken) > 0)
        {
        }
        while (await sessions.PurgeAsync(now - options.SessionLifetime, now - KeepEndedSessions, cancellationToken) > 0)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cleaning up accounts is postponed: the database is not available")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}
