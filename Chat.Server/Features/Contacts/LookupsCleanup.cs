using Chat.Data;
using Chat.Data.Contacts;
using Chat.Server.Hosting;

namespace Chat.Server.Features.Contacts;

/// <summary>Deletes the counts of days that are over. Every node does it; they do not get in each other's way.</summary>
internal sealed partial class LookupsCleanup(ContactRepository contacts, TimeProvider time, ILogger<LookupsCleanup> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(6);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicWork.RepeatAsync(Period, time, PurgeAsync, exception => LogPostponed(logger, exception), stoppingToken);

    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        while (await contacts.PurgeLookupsAsync(time.GetUtcNow().UtcDateTime.AddDays(-1), cancellationToken) > 0)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cleaning up look-ups is postponed: the database is not available")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}
