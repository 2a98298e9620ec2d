using Chat.Data.Jobs;
using Chat.Data.Notifications;
using Chat.Server.Hosting;

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
    private const int ChatsPerStatement = 20;
    private const int DeletedPerStatement = 1000;

    private (IReadOnlyCollection<MessageSpan> Spans, IReadOnlyList<ChatNews> News) _aged = ([], []);
    private long _raised;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Notifications raised since the start.</summary>
    public long Raised => Interlocked.Read(ref _raised);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        // What fails is lost, and the messages are in their chats, unread.
        PeriodicWork.RepeatAsync(options.Delay, time, RaiseAgedAsync, exception => LogLost(logger, exception), stoppingToken),
        PeriodicWork.RepeatAsync(options.CleanupInterval, time, CleanUpInTurnAsync, exception => LogPostponed(logger, exception), stoppingToken));

    private async Task RaiseAgedAsync(CancellationToken cancellationToken)
    {
        // What was taken at the last turn has waited for the whole delay by now.
        var (dueSpans, dueNews) = _aged;
        _aged = backlog.TakeAll();
        foreach (var news in dueNews.Chunk(ChatsPerStatement))
            await RaiseAsync(await store.FindInvitedAsync(news, Now, cancellationToken), cancellationToken);
        // Done well before the next turn; each piece is a statement or two, and a push for everybody it finds.
        await PeriodicWork.SpreadAsync(dueSpans, ChatsPerStatement, options.Delay / 2, time, async spans =>
        {
            await RaiseAsync(await store.FindMentionedAsync(spans, Now, cancellationToken), cancellationToken);
            await RaiseAsync(await store.FindReadersAsync(spans, Now, cancellationToken), cancellationToken);
        }, cancellationToken);
    }

    private async Task RaiseAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        if (notifications.Count == 0) return;
        await store.RaiseAsync(notifications, cancellationToken);
        Interlocked.Add(ref _raised, notifications.Count);
        notifier.Raised(notifications);
        await sender.SendAsync(notifications, cancellationToken);
    }

    private async Task CleanUpInTurnAsync(CancellationToken cancellationToken)
    {
        if (await leases.TryTakeTurnAsync(CleanupJob, options.CleanupInterval, Now, cancellationToken)) await CleanUpAsync(cancellationToken);
    }

    internal async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        var before = Now - options.KeepFor;
        while (await store.DeleteRaisedBeforeAsync(before, DeletedPerStatement, cancellationToken) == DeletedPerStatement)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Some notifications were not raised")]
    private static partial void LogLost(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deleting old notifications is postponed")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}
