using Chat.Data;
using Chat.Data.Jobs;
using Chat.Data.Search;
using Chat.Server.Hosting;

namespace Chat.Server.Features.Search;

/// <summary>
/// Keeps the index up to date, behind the message path: every node indexes the chats in which it committed something, about a second
/// later; one of them, by a lease, sweeps up what was left behind, and so also builds the index of a database that had none.
/// </summary>
internal sealed partial class SearchIndexer(
    SearchIndexRepository index, JobLeaseRepository leases, SearchBacklog backlog, SearchOptions options, TimeProvider time, ILogger<SearchIndexer> logger)
    : BackgroundService
{
    private const string Job = "search-sweep";
    private const int ChatsPerSweepStep = 1000;

    /// <summary>
    /// It works for a quarter of the time at most. A node that has more to send than its machine can do falls behind with the index instead of
    /// with the sends, and catches up when there are fewer.
    /// </summary>
    private const int RestPerWork = 3;

    private long _indexed;

    /// <summary>Messages, and changes of messages, that this node put into the index since the start.</summary>
    public long Indexed => Interlocked.Read(ref _indexed);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        PeriodicWork.RepeatAsync(options.Interval, time, IndexWaitingAsync, exception => LogPostponed(logger, exception), stoppingToken),
        PeriodicWork.RepeatAsync(options.SweepInterval, time, SweepInTurnAsync, exception => LogPostponed(logger, exception), stoppingToken));

    private async Task IndexWaitingAsync(CancellationToken cancellationToken)
    {
        // What comes meanwhile has its turn with the rest of what comes in the next interval: a few messages of a chat at once, not each by itself.
        var left = backlog.Count;
        while (left > 0 && backlog.Take(Math.Min(left, SearchIndexRepository.MaxChats)) is { Count: > 0 } chats)
        {
            try
            {
                var unfinished = await IndexAsync(chats, cancellationToken);
                foreach (var chatId in unfinished) backlog.Add(chatId);
                left += unfinished.Count - chats.Count;
            }
            catch (DataUnavailableException)
            {
                foreach (var chatId in chats) backlog.Add(chatId);
                throw;
            }
        }
    }

    private async Task SweepInTurnAsync(CancellationToken cancellationToken)
    {
        if (await leases.TryTakeTurnAsync(Job, options.SweepInterval, time.GetUtcNow().UtcDateTime, cancellationToken))
            await SweepAsync(cancellationToken);
    }

    /// <summary>Indexes every chat that is behind.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<long> behind = [];
        do
        {
            behind = await index.FindBehindAsync(behind.Count > 0 ? behind[^1] : 0, ChatsPerSweepStep, cancellationToken);
            foreach (var some in behind.Chunk(SearchIndexRepository.MaxChats))
            {
                IReadOnlyList<long> chats = some;
                while (chats.Count > 0) chats = await IndexAsync(chats, cancellationToken);
            }
        }
        while (behind.Count == ChatsPerSweepStep);
    }

    /// <returns>Those that are not done.</returns>
    private async Task<IReadOnlyList<long>> IndexAsync(IReadOnlyList<long> chats, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var batch = await index.IndexAsync(chats, cancellationToken);
        Interlocked.Add(ref _indexed, batch.Messages);
        await Task.Delay(time.GetElapsedTime(start) * RestPerWork, time, cancellationToken);
        return batch.Unfinished;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Indexing messages for the search is postponed")]
    private static partial void LogPostponed(ILogger logger, Exception exception);
}
