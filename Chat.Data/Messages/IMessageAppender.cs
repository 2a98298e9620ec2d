using System.Data.Common;

namespace Chat.Data.Messages;

/// <summary>Stores messages, in one order for everybody. The contract stands at <see cref="MessageAppender"/>.</summary>
public interface IMessageAppender
{
    /// <summary>
    /// Enqueues before it returns; the task completes after the commit. Two calls for one chat, one after the other,
    /// are stored in that order.
    /// </summary>
    /// <exception cref="AppenderBusyException">Queue full or shutting down (thrown by the task).</exception>
    /// <exception cref="DataUnavailableException">The database is away; whether the message was stored is unknown, a repeat tells.</exception>
    Task<AppendResult> AppendAsync(NewMessage message);

    /// <summary>
    /// Runs a change of a chat (members, title) in the chat's lane, so that the messages that it writes are reported in order
    /// with all others.
    /// </summary>
    /// <param name="leaving">Users who leave by the change: when its outcome remains unknown, they are taken for gone and hear nothing more.</param>
    /// <param name="change">Runs in a transaction of its own, perhaps several times (deadlocks); returns its answer and the messages it stored.</param>
    /// <exception cref="AppenderBusyException">Queue full or shutting down.</exception>
    Task<T> ChangeAsync<T>(long chatId, IReadOnlyList<long> leaving, Func<DbConnection, DbTransaction, Task<Change<T>>> change);
}

/// <summary>What a change of a chat answers, the messages that it stored, and the users who joined or left by it.</summary>
public sealed record Change<T>(T Answer, IReadOnlyList<MessageRow> Messages, IReadOnlyList<long> Members)
{
    /// <summary>What became of messages that were there already.</summary>
    public IReadOnlyList<MessageChange> Changes { get; init; } = [];

    /// <summary>See <see cref="StoredMessage.People"/>.</summary>
    public IReadOnlyList<long> People { get; init; } = [];
}
