using Chat.Data.Jobs;
using Chat.Data.Notifications;

namespace Chat.Server.Features.Notifications;

/// <summary>
/// Raises notifications, behind the message path: after a delay it asks the database, for many chats at once, who has not read what this node
/// committed and wants to hear of it, stores that, and tells devices. One of the nodes deletes old ones.
/// </summary>
internal sealed partial class NotificationWorker(
    INotificationStore store, NotificationBacklog backlog, NotificationNotifier notifier, INotificationSender sender, JobLeaseRepository leases,
    NotificationOptions options, TimeProvider time, ILogger<NotificationWorker> logger)
    : BackgroundService
{
    private const string CleanupJob = "notification-cleanup";
    private const int ChatsPerStatement = 50;
    private const int DeletedPerStatement = 1000;

    private long _raised;

    /// <summary>Notifications raised since the start.</summary>
    public long Raised => Interlocked.Read(ref _raised);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(RaiseInTurnAsync(stoppingToken), CleanUpInTurnAsync(stoppingToken));

    private async Task RaiseInTurnAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Delay, time);
        (IReadOnlyCollection<MessageSpan> Spans, IReadOnlyList<ChatNews> News) aged = ([], []);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // What was taken at the last turn has waited for the whole delay by now.
            var due = aged;
            aged = backlog.TakeAll();
            try
            {
                foreach (var spans in due.Spans.Chunk(ChatsPerStatement))
                {
                    await RaiseAsync(await store.FindMentionedAsync(spans, time.GetUtcNow().UtcDateTime, stoppingToken), stoppingToken);
                    await RaiseAsync(await store.FindReadersAsync(spans, time.GetUtcNow().UtcDateTime, stoppingToken), stoppingToken);
                }
                foreach (var news in due.News.Chunk(ChatsPerStatement))
                    await RaiseAsync(await store.FindInvitedAsync(news, time.GetUtcNow().UtcDateTime, stoppingToken), stoppingToken);
            }
            // Whatever it is: the server goes on. The messages are in their chats, unread.
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogLost(logger, exception);
            }
        }
    }

    private async Task RaiseAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        if (notifications.Count == 0) return;
        await store.RaiseAsync(notifications, cancellationToken);
        Interlocked.Add(ref _raised, notifications.Count);
        notifier.Raised(notifications);
        await sender.SendAsync(notifications, cancellationToken);
    }

    private async Task CleanUpInTurnAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CleanupInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                // A little less than the interval, so that the holder's own next turn finds it, and another node's when the holder is gone.
                if (await leases.TryTakeAsync(CleanupJob, options.CleanupInterval * 0.9, time.GetUtcNow().UtcDateTime, stoppingToken))
                    await CleanUpAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogPostponed(logger, exception);
            }
        }
    }

    internal async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow().UtcDateTime - options.KeepFor;
        while (await store.DeleteRaisedBeforeAsync(before, DeletedPerStatement, cancellationToken) == DeletedPerStatement)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Some notifications were not raised")]
    private static partial void LogLost(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deleting old notifications is postponed")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}
