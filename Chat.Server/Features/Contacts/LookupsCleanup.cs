using Chat.Data;
using Chat.Data.Contacts;

namespace Chat.Server.Features.Contacts;

/// <summary>Deletes the counts of days that are over. Every node does it; they do not get in each other's way.</summary>
internal sealed partial class LookupsCleanup(ContactRepository contacts, TimeProvider time, ILogger<LookupsCleanup> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await contacts.PurgeLookupsAsync(time.GetUtcNow().UtcDateTime.AddDays(-1), stoppingToken) > 0)
                {
                }
            }
            catch (DataUnavailableException exception)
            {
                LogPostponed(logger, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cleaning up look-ups is postponed: the database is not available")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}
