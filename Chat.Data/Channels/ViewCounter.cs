using System.Globalization;
using System.Text;
using Chat.Data.Receipts;
using Microsoft.Extensions.Logging;

namespace Chat.Data.Channels;

/// <param name="FlushInterval">How long views wait in memory at most. A node that dies takes so much of them along.</param>
/// <param name="MaxWaiting">Posts whose views wait; views of further ones are not counted.</param>
public sealed record ViewLimits(TimeSpan FlushInterval, int MaxWaiting = 50_000)
{
    public ViewLimits() : this(TimeSpan.FromSeconds(2))
    {
    }

    public static (string Key, string Reason)? Check(ViewLimits limits) =>
        limits.FlushInterval <= TimeSpan.Zero || limits.FlushInterval > TimeSpan.FromMinutes(10) ? ("FlushInterval", "must be above 0 and at most 10 minutes")
        : limits.MaxWaiting < 1 ? ("MaxWaiting", "must be at least 1")
        : null;
}

/// <summary>
/// Counts who saw which post of a channel. A view is a read mark that passes a post: marks move forward only and are stored, so nobody counts
/// twice for a post, on whatever node or device. Views wait in memory and are added in one statement for many posts. They are counted at most
/// once: what waits when a node dies is lost, as is what a broken commit leaves open, and what is known not to be written is tried again.
/// </summary>
public sealed partial class ViewCounter : IAsyncDisposable
{
    /// <summary>Of a mark that jumps further, the newest posts count: nobody has looked at all the others.</summary>
    private const int MaxPerMark = 100;

    private const int MaxPerStatement = 1000;

    private readonly ChatDatabase _database;
    private readonly ViewLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private Dictionary<(long ChatId, long MessageId), long> _waiting = [];

    public ViewCounter(ChatDatabase database, ViewLimits limits, DataMetrics metrics, TimeProvider time, ILogger<ViewCounter> logger)
    {
        (_database, _limits, _time, _logger) = (database, limits, time, logger);
        metrics.WatchViewQueue(() => Waiting);
        // Whoever happens to make it, a call perhaps, is not whom its work is done for.
        using (ExecutionContext.SuppressFlow()) _loop = Task.Run(RunAsync);
    }

    /// <summary>Posts whose views wait.</summary>
    public int Waiting
    {
        get { lock (_gate) return _waiting.Count; }
    }

    /// <summary>Waits for nobody.</summary>
    public void Viewed(IReadOnlyList<ViewedMessages> viewed)
    {
        lock (_gate)
        {
            foreach (var (chatId, from, to) in viewed)
                for (var messageId = Math.Max(from, to - MaxPerMark + 1); messageId <= to; messageId++)
                    Add((chatId, messageId), 1);
        }
    }

    /// <summary>Writes what waits, then returns.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        await FlushAsync();
        _stopping.Dispose();
    }

    private void Add((long ChatId, long MessageId) post, long views)
    {
        if (_waiting.TryGetValue(post, out var before)) _waiting[post] = before + views;
        else if (_waiting.Count < _limits.MaxWaiting) _waiting.Add(post, views);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_limits.FlushInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token)) await FlushAsync();
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task FlushAsync()
    {
        Dictionary<(long ChatId, long MessageId), long> views;
        lock (_gate) (views, _waiting) = (_waiting, []);
        // In the order of the key: two nodes wait for each other instead of deadlocking.
        foreach (var batch in views.OrderBy(view => view.Key).Chunk(MaxPerStatement))
        {
            try
            {
                await AddAsync(batch);
            }
            catch (DataUnavailableException exception) when (exception.NothingWritten)
            {
                lock (_gate)
                    foreach (var (post, count) in batch) Add(post, count);
            }
            catch (Exception exception)
            {
                LogLost(_logger, batch.Length, exception);
            }
        }
    }

    // Joined with the new views, so that many posts are moved by different numbers in one pass.
    private const string AddSql = """
        UPDATE (
        """;

    private const string ToPostsSql = """
        ) seen
        STRAIGHT_JOIN channel_posts p FORCE INDEX (PRIMARY) ON p.chat_id = seen.chat_id AND p.message_id = seen.message_id
        SET p.views = p.views + seen.views
        """;

    private Task AddAsync(KeyValuePair<(long ChatId, long MessageId), long>[] views)
    {
        // Another text for every flush, of numbers only: to the driver directly, since Dapper would remember each.
        var sql = new StringBuilder(AddSql);
        for (var i = 0; i < views.Length; i++)
            sql.Append(i == 0 ? " " : " UNION ALL ").Append(
                CultureInfo.InvariantCulture,
                $"SELECT {views[i].Key.ChatId} AS chat_id, {views[i].Key.MessageId} AS message_id, {views[i].Value} AS views");
        sql.Append(ToPostsSql);
        return _database.QueryAsync(async connection =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql.ToString();
            return await command.ExecuteNonQueryAsync();
        }, CancellationToken.None);
    }

    [LoggerMessage(1, LogLevel.Warning, "Views of {Posts} posts were perhaps not counted")]
    private static partial void LogLost(ILogger logger, int posts, Exception exception);
}
