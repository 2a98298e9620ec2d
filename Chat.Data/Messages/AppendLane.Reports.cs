using Microsoft.Extensions.Logging;

namespace Chat.Data.Messages;

/// <summary>What a lane says of what became of its work: to the observer, to the callers, and to the log.</summary>
internal sealed partial class AppendLane
{
    private async Task ReportAsync(AppendBatch batch)
    {
        var committed = _time.GetTimestamp();
        if (batch.HasNewRosters)
            await Task.WhenAll(batch.ChatsWithNewRoster.Select(chatId => TryAsync(() => _observer.RosterChangedAsync(chatId))));
        // What is pushed to the batch's senders goes out with the answers that they get.
        var pushes = Burst.Of(batch.Count, (this, batch), static b => b.Item1.Observe(b.batch.StoredMessages()));
        _metrics.Pushed(_time.GetElapsedTime(committed));
        _metrics.AppendAnswered(batch.Complete());
        pushes?.EndLater();
    }

    private async Task FailAsync(AppendConnection connection, AppendBatch batch, Exception exception)
    {
        await connection.DiscardAsync();
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

    [LoggerMessage(3, LogLevel.Error, "A transaction of a lane ended in a way that nobody foresaw")]
    private static partial void LogTurnFailed(ILogger logger, Exception exception);
}
