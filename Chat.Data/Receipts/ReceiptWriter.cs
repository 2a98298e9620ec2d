using System.Threading.Channels;

namespace Chat.Data.Receipts;

/// <param name="MaxBatch">Marks in one transaction.</param>
/// <param name="MaxWaiting">Marks waiting; more are refused.</param>
public sealed record ReceiptLimits(int Lanes = 2, int MaxBatch = 512, int MaxWaiting = 50_000, int CommandTimeoutSeconds = 10);

/// <summary>The writer takes no more: its queue is full, or it is shutting down.</summary>
public sealed class ReceiptsBusyException() : Exception("Too many receipts are waiting to be stored, or the server is stopping.");

/// <summary>
/// Stores receipts the way that the appender stores messages: whatever waits in a lane goes into one transaction.
/// Contract: watermarks only move forward, in whatever order the marks arrive; a mark that moves nothing writes nothing.
/// </summary>
public sealed class ReceiptWriter : IReceiptWriter, IAsyncDisposable
{
    private readonly Lane[] _lanes;

    /// <param name="advanced">Told of every batch after its commit, on the lane, before the callers; must not wait or throw.</param>
    /// <param name="viewed">Told likewise of what readers of channels have seen, where somebody wants to know.</param>
    public ReceiptWriter(
        ChatDatabase database, Action<IReadOnlyList<AdvancedReceipt>> advanced, ReceiptLimits limits, DataMetrics metrics, TimeProvider time,
        Action<IReadOnlyList<ViewedMessages>>? viewed = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Lanes, 1);
        _lanes = new Lane[limits.Lanes];
        for (var i = 0; i < _lanes.Length; i++) _lanes[i] = new Lane(database, advanced, viewed, limits, metrics, time);
        metrics.WatchReceiptQueue([.. _lanes.Select<Lane, Func<int>>(lane => () => lane.Waiting)]);
    }

    public int Waiting => _lanes.Sum(lane => lane.Waiting);

    public Task<MarkedPosition> MarkAsync(Mark mark)
    {
        var pending = new PendingMark(mark);
        return _lanes[(int)((ulong)mark.ChatId % (ulong)_lanes.Length)].TryEnqueue(pending)
            ? pending.Result.Task
            : Task.FromException<MarkedPosition>(new ReceiptsBusyException());
    }

    /// <summary>Takes no more, stores what is waiting, then returns.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_lanes.Select(lane => lane.DisposeAsync().AsTask()));

    private sealed class Lane : IAsyncDisposable
    {
        private readonly ReceiptRepository _receipts;
        private readonly Action<IReadOnlyList<AdvancedReceipt>> _advanced;
        private readonly Action<IReadOnlyList<ViewedMessages>>? _viewed;
        private readonly ReceiptLimits _limits;
        private readonly DataMetrics _metrics;
        private readonly TimeProvider _time;
        private readonly Channel<PendingMark> _queue;
        private readonly Task _loop;

        public Lane(
            ChatDatabase database, Action<IReadOnlyList<AdvancedReceipt>> advanced, Action<IReadOnlyList<ViewedMessages>>? viewed,
            ReceiptLimits limits, DataMetrics metrics, TimeProvider time)
        {
            (_advanced, _viewed, _limits, _metrics, _time) = (advanced, viewed, limits, metrics, time);
            _receipts = new ReceiptRepository(database, limits.CommandTimeoutSeconds);
            _queue = Channel.CreateBounded<PendingMark>(new BoundedChannelOptions(limits.MaxWaiting) { SingleReader = true });
            // Whoever happens to make the lane, a call perhaps, is not whom its work is done for.
            using (ExecutionContext.SuppressFlow()) _loop = Task.Run(RunAsync);
        }

        public int Waiting => _queue.Reader.Count;

        public bool TryEnqueue(PendingMark mark) => _queue.Writer.TryWrite(mark);

        public async ValueTask DisposeAsync()
        {
            _queue.Writer.TryComplete();
            await _loop;
        }

        private async Task RunAsync()
        {
            var pending = new List<PendingMark>(_limits.MaxBatch);
            while (await _queue.Reader.WaitToReadAsync())
            {
                pending.Clear();
                while (pending.Count < _limits.MaxBatch && _queue.Reader.TryRead(out var next)) pending.Add(next);
                await StoreAsync(pending);
            }
        }

        private async Task StoreAsync(List<PendingMark> pending)
        {
            var start = _time.GetTimestamp();
            try
            {
                var batch = new ReceiptBatch([.. pending.Select(p => p.Mark)]);
                await _receipts.StoreAsync(batch, _time.GetUtcNow().UtcDateTime);
                _metrics.ReceiptsStored(pending.Count, _time.GetElapsedTime(start));
                // What is pushed to those who marked goes out with the answers that they get.
                var pushes = Burst.Of(pending.Count, (this, batch), static b => b.Item1.Report(b.batch));
                Completions.Run(pending, mark => mark.Result.TrySetResult(batch.ResultOf(mark.Mark)));
                pushes?.EndLater();
            }
            catch (Exception exception)
            {
                _metrics.ReceiptsFailed(_time.GetElapsedTime(start));
                Completions.Run(pending, mark => mark.Result.TrySetException(exception));
            }
        }

        private void Report(ReceiptBatch batch)
        {
            if (batch.Advanced.Count > 0) _advanced(batch.Advanced);
            if (batch.Viewed.Count > 0) _viewed?.Invoke(batch.Viewed);
        }
    }

    private sealed class PendingMark(Mark mark)
    {
        public Mark Mark { get; } = mark;

        // Its continuations run where it is completed: on a thread of the pool, never the lane's own.
        public TaskCompletionSource<MarkedPosition> Result { get; } = new();
    }
}
