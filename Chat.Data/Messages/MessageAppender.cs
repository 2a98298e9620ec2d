using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Chat.Data.Messages;

/// <summary>Bounds of the group commit.</summary>
/// <param name="Lanes">Each chat belongs to one lane.</param>
/// <param name="Transactions">Transactions that a lane has under way at most, on as many connections; several only while they are small.</param>
/// <param name="MaxBatch">Messages in one transaction.</param>
/// <param name="MaxBatchBytes">UTF-16 code units of text in one transaction, so that a statement stays far below the server's packet limit.</param>
/// <param name="MaxWaiting">Messages waiting per lane; more are refused.</param>
/// <param name="CommandTimeoutSeconds">How long a statement of the lane may take before its outcome counts as unknown.</param>
public sealed record AppenderLimits(
    int Lanes = 2,
    int Transactions = 4,
    int MaxBatch = 1024,
    int MaxBatchBytes = 1_000_000,
    int MaxWaiting = 20_000,
    int CommandTimeoutSeconds = 10);

/// <summary>
/// Stores messages by group commit. Every chat belongs to a lane; a lane drains whatever is waiting (no timer) into one
/// transaction, so at low load a batch is one message and nothing is delayed, and at high load one disk flush carries hundreds.
/// While a lane's transactions are small, those of other chats go beside them (<see cref="LaneQueue"/>).
/// <para>
/// Contract: a result is given only after the commit. Ids are numbered 1, 2, 3 … per chat in commit order, without a gap, on
/// any number of nodes (they are allocated under the chat's row lock). Messages enqueued one after another for one chat are
/// stored in that order. A repeated (chat, sender, client message id) is stored once.
/// </para>
/// </summary>
public sealed class MessageAppender : IMessageAppender, IAsyncDisposable
{
    private readonly AppendLane[] _lanes;

    public MessageAppender(
        ChatDatabase database, IAppendObserver observer, AppenderLimits limits, DataMetrics metrics, TimeProvider time, ILogger<MessageAppender> logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Lanes, 1);
        _lanes = new AppendLane[limits.Lanes];
        for (var i = 0; i < _lanes.Length; i++)
            _lanes[i] = new AppendLane(i, database, observer, limits, metrics, time, logger);
        metrics.WatchAppendQueue([.. _lanes.Select<AppendLane, Func<int>>(lane => () => lane.Waiting)]);
    }

    /// <summary>Messages and changes waiting in all lanes.</summary>
    public int Waiting => _lanes.Sum(lane => lane.Waiting);

    public Task<AppendResult> AppendAsync(NewMessage message)
    {
        var pending = new PendingMessage(message);
        return LaneOf(message.Roster.ChatId).TryEnqueue(pending) ? pending.Result : Task.FromException<AppendResult>(Busy());
    }

    public async Task<T> ChangeAsync<T>(
        long chatId, IReadOnlyList<long> leaving, Func<DbConnection, DbTransaction, Task<Change<T>>> change)
    {
        var pending = new PendingChange<T>(chatId, leaving, change);
        if (!LaneOf(chatId).TryEnqueue(pending)) throw Busy();
        return await pending.Result;
    }

    /// <summary>Takes no more, stores what is waiting, then returns.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_lanes.Select(lane => lane.DisposeAsync().AsTask()));

    private AppendLane LaneOf(long chatId) => _lanes[(int)((ulong)chatId % (ulong)_lanes.Length)];

    private static AppenderBusyException Busy() => new("Too many messages are waiting to be stored, or the server is stopping.");
}
