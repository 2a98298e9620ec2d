using Microsoft.Extensions.Logging;

namespace Chat.Data.Messages;

/// <summary>
/// One lane of the <see cref="MessageAppender"/>: what waits in it, and the transactions that it has under way. While these are small, others
/// may go beside them; <see cref="LaneQueue"/> says which.
/// </summary>
internal sealed partial class AppendLane : IAsyncDisposable
{
    /// <summary>How long work may wait for more to go with it, where what is under way takes longer than usual: its chat's row may be locked.</summary>
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(20);

    private readonly int _number;
    private readonly ChatDatabase _database;
    private readonly IAppendObserver _observer;
    private readonly AppenderLimits _limits;
    private readonly DataMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly LaneQueue _queue;
    private readonly Stack<AppendConnection> _unused = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _gathered;
    private long _tookAt;
    private bool _watching;
    private bool _starting;
    private bool _closed;

    public AppendLane(
        int number, ChatDatabase database, IAppendObserver observer, AppenderLimits limits, DataMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_number, _database, _observer, _limits, _metrics, _time, _logger) = (number, database, observer, limits, metrics, time, logger);
        _queue = new LaneQueue(limits);
        _gathered = time.CreateTimer(static lane => ((AppendLane)lane!).Gathered(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Waiting
    {
        get { lock (_gate) return _queue.Waiting; }
    }

    public bool TryEnqueue(PendingWork work)
    {
        if (_metrics.MeasuresWait && work is PendingMessage message) message.EnqueuedAt = _time.GetTimestamp();
        lock (_gate)
        {
            if (_closed || !_queue.TryAdd(work)) return false;
            Start();
            return true;
        }
    }

    /// <summary>Takes no more, stores what is waiting, then returns.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (_queue.IsEmpty) _drained.TrySetResult();
        }
        await _drained.Task;
        await _gathered.DisposeAsync();
        foreach (var connection in _unused) await connection.DisposeAsync();
    }

    /// <summary>
    /// Has a thread of the pool take what may go. What arrives before it does goes along. Whoever happens to call, is not whom the work is done
    /// for, so the thread knows nothing of the caller's.
    /// </summary>
    private void Start()
    {
        if (_queue.IsGathering) Watch();
        if (_starting || !_queue.MayTake) return;
        _starting = true;
        ThreadPool.UnsafeQueueUserWorkItem(static lane => _ = lane.RunAsync(), this, preferLocal: false);
    }

    private void Watch()
    {
        if (_watching) return;
        _watching = true;
        _gathered.Change(GatherTime, Timeout.InfiniteTimeSpan);
    }

    private void Gathered()
    {
        lock (_gate)
        {
            _watching = false;
            if (_queue.IsGathering && _time.GetElapsedTime(_tookAt) >= GatherTime) _queue.StopGathering();
            Start();
        }
    }

    private async Task RunAsync()
    {
        AppendConnection? connection;
        LaneTurn? turn;
        lock (_gate)
        {
            _starting = false;
            // The one that was used last: at low load the others rest.
            if (!_unused.TryPop(out connection)) connection = new AppendConnection(_database, _limits.CommandTimeoutSeconds, _time);
            turn = Next(connection);
        }
        while (turn is not null)
        {
            await RunAsync(connection, turn);
            lock (_gate)
            {
                _queue.Done(turn);
                turn = Next(connection);
            }
        }
    }

    /// <summary>Never fails: its chats would wait for its end for ever.</summary>
    private async Task RunAsync(AppendConnection connection, LaneTurn turn)
    {
        try
        {
            if (turn.Change is { } change) await ChangeAsync(change);
            else await StoreAsync(connection, turn.Messages);
        }
        catch (Exception exception)
        {
            LogTurnFailed(_logger, exception);
            await connection.DiscardAsync();
            turn.Change?.Fail(exception);
            Completions.Run(turn.Messages, message => message.Fail(exception));
        }
    }

    private LaneTurn? Next(AppendConnection connection)
    {
        var turn = _queue.Take();
        if (turn is null) _unused.Push(connection);
        else _tookAt = _time.GetTimestamp();
        // Perhaps more may go beside it.
        Start();
        if (_closed && _queue.IsEmpty) _drained.TrySetResult();
        return turn;
    }

    private async Task StoreAsync(AppendConnection connection, IReadOnlyList<PendingMessage> waiting)
    {
        var batch = new AppendBatch(waiting, _time.GetUtcNow().UtcDateTime);
        var start = _time.GetTimestamp();
        if (await CommitAsync(connection, batch, waiting) is { } fault)
        {
            _metrics.AppendFailed(batch.Count, _time.GetElapsedTime(start));
            await FailAsync(connection, batch, fault);
            return;
        }
        _metrics.AppendCommitted(batch.Count, _time.GetElapsedTime(start));
        await ReportAsync(batch);
        // Zero where it was enqueued before anybody listened.
        if (waiting[0].EnqueuedAt is > 0 and var enqueuedAt) _metrics.AppendWaited(_time.GetElapsedTime(enqueuedAt));
    }

    /// <returns>Why it failed; null when it is committed.</returns>
    private async Task<Exception?> CommitAsync(AppendConnection connection, AppendBatch batch, IReadOnlyList<PendingMessage> waiting)
    {
        using var span = DataTracing.StartCommit(waiting, _number);
        var attempts = new Attempts();
        while (true)
        {
            try
            {
                await connection.StoreAsync(batch);
                return null;
            }
            catch (Exception exception) when (exception.IsDuplicateKey() && !batch.LooksForRepeats)
            {
                // Somebody repeats a send. Rare, so the usual batch does not pay for looking; this one starts again and does.
                await connection.RollBackAsync();
                batch.LooksForRepeats = true;
            }
            catch (Exception exception) when (attempts.MayTryAgain(exception))
            {
                _metrics.Conflict();
                await connection.RollBackAsync();
                await attempts.BackOffAsync(CancellationToken.None);
            }
            catch (Exception exception)
            {
                span.SetFailed(exception);
                return exception;
            }
        }
    }

    private async Task ChangeAsync(PendingChange change)
    {
        try
        {
            var (messages, members, changes) = await change.RunAsync(_database);
            if (members.Count > 0) await TryAsync(() => _observer.MembersChangedAsync(change.ChatId, members));
            Observe(messages);
            if (changes.Count > 0) Try(() => _observer.Changed(changes));
            change.Complete();
        }
        catch (DataUnavailableException exception)
        {
            if (!exception.NothingWritten) await ReportUnknownAsync(change);
            change.Fail(exception);
        }
        catch (Exception exception)
        {
            change.Fail(exception);
        }
    }
}
