namespace Chat.Data.Messages;

/// <summary>Runs changes of messages in their chat's append lane, each under the lock of the chat's row.</summary>
internal sealed class MessageChanges(IMessageAppender appender, TimeProvider time)
{
    /// <param name="actorId">Null for the server itself, which sees everything and needs no right.</param>
    /// <param name="notFound">The answer where there is no such chat, or the actor is not in it.</param>
    /// <param name="work">May run several times (deadlocks).</param>
    public Task<T> RunAsync<T>(long chatId, long? actorId, T notFound, Func<MessageTransaction, Task<T>> work) =>
        appender.ChangeAsync(chatId, leaving: [], async (connection, transaction) =>
        {
            var change = await MessageTransaction.LockAsync(connection, transaction, chatId, actorId, time.GetUtcNow().UtcDateTime);
            return change is null ? new Change<T>(notFound, [], []) : await change.FinishAsync(await work(change));
        });
}
