using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Chat.Data.Messages;

/// <summary>One lane of the <see cref="MessageAppender"/>: a bounded queue and the loop that empties it.</summary>
internal sealed partial class AppendLane : IAsyncDisposable
{
    private readonly int _number;
    private readonly Channel<PendingWork> _queue;
    private readonly AppendConnection _connection;
    private readonly ChatDatabase _database;
    private readonly IAppendObserver _observer;
    private readonly AppenderLimits _limits;
    private readonly DataMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;

    public AppendLane(
        int number, ChatDatabase database, IAppendObserver observer, AppenderLimits limits, DataMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_number, _database, _observer, _limits, _metrics, _time, _logger) = (number, database, observer, limits, metrics, time, logger);
        _connection = new AppendConnection(database, limits.CommandTimeoutSeconds, time);
        _queue = Channel.CreateBounded<PendingWork>(new BoundedChannelOptions(limits.MaxWaiting) { SingleReader = true });
        // Whoever happens to make the lane, a call perhaps, is not whom its work is done for.
        using (ExecutionContext.SuppressFlow()) _loop = Task.Run(RunAsync);
    }

    public int Waiting => _queue.Reader.Count;

    public bool TryEnqueue(PendingWork work)
    {
        if (_metrics.MeasuresWait && work is PendingMessage message) message.EnqueuedAt = _time.GetTimestamp();
        return _queue.Writer.TryWrite(work);
    }

    /// <summary>Takes no more, stores what is waiting, then returns.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        await _connection.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var batch = new List<PendingMessage>(_limits.MaxBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            if (TakeBatch(batch))
                await StoreAsync(batch);
            else if (_queue.Reader.TryRead(out var work))
                await ChangeAsync((PendingChange)work);
        }
    }

    /// <summary>Takes the messages at the head of the queue, up to the bounds or the next change.</summary>
    private bool TakeBatch(List<PendingMessage> batch)
    {
        batch.Clear();
        var size = 0;
        while (batch.Count < _limits.MaxBatch
            && _queue.Reader.TryPeek(out var next) && next is PendingMessage message
            && (batch.Count == 0 || size + message.Message.Size <= _limits.MaxBatchBytes))
        {
            _queue.Reader.TryRead(out _);
            size += message.Message.Size;
            batch.Add(message);
        }
        return batch.Count > 0;
    }

    private async Task StoreAsync(List<PendingMessage> waiting)
    {
        var batch = new AppendBatch(waiting, _time.GetUtcNow().UtcDateTime);
        var start = _time.GetTimestamp();
        if (await CommitAsync(batch, waiting) is { } fault)
        {
            _metrics.AppendFailed(batch.Count, _time.GetElapsedTime(start));
            await FailAsync(batch, fault);
            return;
        }
        _metrics.AppendCommitted(batch.Count, _time.GetElapsedTime(start));
        await ReportAsync(batch);
        // Zero where it was enqueued before anybody listened.
        if (waiting[0].EnqueuedAt is > 0 and var enqueuedAt) _metrics.AppendWaited(_time.GetElapsedTime(enqueuedAt));
    }

    /// <returns>Why it failed; null when it is committed.</returns>
    private async Task<Exception?> CommitAsync(AppendBatch batch, List<PendingMessage> waiting)
    {
        using var span = DataTracing.StartCommit(waiting, _number);
        var attempts = new Attempts();
        while (true)
        {
            try
            {
                await _connection.StoreAsync(batch);
                return null;
            }
            catch (Exception exception) when (exception.IsDuplicateKey() && !batch.LooksForRepeats)
            {
                // Somebody repeats a send. Rare, so the usual batch does not pay for looking; this one starts again and does.
                await _connection.RollBackAsync();
                batch.LooksForRepeats = true;
            }
            catch (Exception exception) when (attempts.MayTryAgain(exception))
            {
                _metrics.Conflict();
                await _connection.RollBackAsync();
                await attempts.BackOffAsync(CancellationToken.None);
            }
            catch (Exception exception)
            {
                span.SetFailed(exception);
                return exception;
            }
        }
    }

    private async Task ReportAsync(AppendBatch batch)
    {
        var committed = _time.GetTimestamp();
        if (batch.HasNewRosters)
            await Task.WhenAll(batch.ChatsWithNewRoster.Select(chatId => TryAsync(() => _observer.RosterChangedAsync(chatId))));
        // What is pushed to the batch's senders goes out with the answers that they get.
        var pushes = batch.Count > 1 ? Burst.Of((this, batch), static b => b.Item1.Observe(b.batch.StoredMessages())) : null;
        if (pushes is null) Observe(batch.StoredMessages());
        _metrics.Pushed(_time.GetElapsedTime(committed));
        _metrics.AppendAnswered(batch.Complete());
        pushes?.EndLater();
    }

    private async Task FailAsync(AppendBatch batch, Exception exception)
    {
        await _connection.DiscardAsync();
        _database.NoteBroken(exception);
        var unavailable = exception is DataUnavailableException || exception.IsUnavailable(CancellationToken.None) || exception.IsLockConflict();
        LogBatchFailed(_logger, batch.Count, batch.CommitSent, exception);
        // A server that refuses has not committed, whatever was on its way to it.
        if (batch.CommitSent && !exception.IsRefusal())
            Try(() => _observer.OutcomeUnknown(batch.ChatIds));
        if (unavailable && exception is not DataUnavailableException)
        {
            _metrics.Unavailable();
            exception = new DataUnavailableException(exception) { NothingWritten = !batch.CommitSent || exception.IsRefusal() };
        }
        batch.Fail(exception);
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

    private async Task ReportUnknownAsync(PendingChange change)
    {
        await TryAsync(() => _observer.MembersChangedAsync(change.ChatId, change.Leaving));
        Try(() => _observer.OutcomeUnknown([change.ChatId]));
    }

    private void Observe(IReadOnlyList<StoredMessage> messages)
    {
        if (messages.Count > 0) Try(() => _observer.Committed(messages));
    }

    /// <summary>What is committed is committed: a fault in a push must not look like a failed send, nor stop the lane.</summary>
    private void Try(Action report)
    {
        try
        {
            report();
        }
        catch (Exception exception)
        {
            LogObserverFailed(_logger, exception);
        }
    }

    private async Task TryAsync(Func<Task> report)
    {
        try
        {
            await report();
        }
        catch (Exception exception)
        {
            LogObserverFailed(_logger, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A batch of {Count} messages failed (commit sent: {CommitSent})")]
    private static partial void LogBatchFailed(ILogger logger, int count, bool commitSent, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Committed messages could not be reported")]
    private static partial void LogObserverFailed(ILogger logger, Exception exception);
}
