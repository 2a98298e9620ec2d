using System.Data.Common;
using System.Diagnostics;

namespace Chat.Data.Messages;

/// <summary>Something that waits in a lane.</summary>
internal abstract class PendingWork
{
    public abstract long ChatId { get; }

    public abstract void Fail(Exception exception);
}

/// <summary>A message on its way into the database, with its place in the batch that it is in.</summary>
internal sealed class PendingMessage(NewMessage message) : PendingWork
{
    // Its continuations run where it is completed; that is a thread of the pool, never the lane's own (see Completions).
    private readonly TaskCompletionSource<AppendResult> _result = new();

    public NewMessage Message { get; } = message;

    /// <summary>Set when that is measured.</summary>
    public long EnqueuedAt { get; set; }

    public Activity? TracedCall { get; } = DataTracing.TracedCall;

    public override long ChatId => Message.Roster.ChatId;

    public MessageKey Key => new(ChatId, Message.ShownSenderId, Message.ClientMessageId);

    public Task<AppendResult> Result => _result.Task;

    /// <summary>Its chat in the present batch.</summary>
    public BatchChat? Chat { get; set; }

    /// <summary>What becomes of it, once the batch is planned.</summary>
    public AppendResult Outcome { get; set; }

    public void Complete() => _result.TrySetResult(Outcome);

    public override void Fail(Exception exception) => _result.TrySetException(exception);
}

/// <summary>A message's name.</summary>
internal readonly record struct MessageKey(long ChatId, long SenderId, Guid ClientMessageId);

/// <summary>The messages that a change stored, who joined or left, and what became of older messages.</summary>
internal readonly record struct ChangeEffects(
    IReadOnlyList<StoredMessage> Messages, IReadOnlyList<long> Members, IReadOnlyList<MessageChange> Changes);

internal abstract class PendingChange : PendingWork
{
    /// <summary>Who leaves by it, should it have taken place.</summary>
    public abstract IReadOnlyList<long> Leaving { get; }

    /// <returns>What is to be reported of it.</returns>
    public abstract Task<ChangeEffects> RunAsync(ChatDatabase database);

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

    public override async Task<ChangeEffects> RunAsync(ChatDatabase database)
    {
        var done = await database.InTransactionAsync(change, CancellationToken.None);
        _answer = done.Answer;
        return new ChangeEffects(
            [.. done.Messages.Select(row => new StoredMessage(row, Roster: null, Origin: null) { People = done.People })], done.Members, done.Changes);
    }

    public override void Complete() => _result.TrySetResult(_answer!);

    public override void Fail(Exception exception) => _result.TrySetException(exception);
}
