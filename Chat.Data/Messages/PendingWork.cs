using System.Data.Common;
using System.Diagnostics;

namespace Chat.Data.Messages;

/// <summary>Something that waits in a lane.</summary>
internal abstract class PendingWork
{
    public abstract void Fail(Exception exception);
}

internal sealed class PendingMessage(NewMessage message) : PendingWork
{
    // Completed from the lane, which must not run its callers' code.
    private readonly TaskCompletionSource<AppendResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NewMessage Message { get; } = message;

    /// <summary>Set when that is measured.</summary>
    public long EnqueuedAt { get; set; }

    public Activity? TracedCall { get; } = DataTracing.TracedCall;

    public long ChatId => Message.Roster.ChatId;

    public Task<AppendResult> Result => _result.Task;

    public void Complete(AppendResult result) => _result.TrySetResult(result);

    public override void Fail(Exception exception) => _result.TrySetException(exception);
}

internal abstract class PendingChange : PendingWork
{
    public abstract long ChatId { get; }

    /// <summary>Who leaves by it, should it have taken place.</summary>
    public abstract IReadOnlyList<long> Leaving { get; }

    /// <returns>The messages that it stored, and who joined or left.</returns>
    public abstract Task<(IReadOnlyList<MessageRow> Messages, IReadOnlyList<long> Members)> RunAsync(ChatDatabase database);

    /// <summary>Gives the caller its answer, once the messages have been reported.</summary>
    public abstract void Complete();
}

internal sealed class PendingChange<T>(
    long chatId, IReadOnlyList<long> leaving, Func<DbConnection, DbTransaction, Task<Change<T>>> change) : PendingChange
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _answer;

    public Task<T> Result => _result.Task;

    public override long ChatId => chatId;

    public override IReadOnlyList<long> Leaving => leaving;

    public override async Task<(IReadOnlyList<MessageRow> Messages, IReadOnlyList<long> Members)> RunAsync(ChatDatabase database)
    {
        var done = await database.InTransactionAsync(change, CancellationToken.None);
        _answer = done.Answer;
        return (done.Messages, done.Members);
    }

    public override void Complete() => _result.TrySetResult(_answer!);

    public override void Fail(Exception exception) => _result.TrySetException(exception);
}
