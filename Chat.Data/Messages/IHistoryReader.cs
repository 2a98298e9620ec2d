namespace Chat.Data.Messages;

/// <summary>Reads history for one participant; the contract stands at <see cref="HistoryRepository"/>.</summary>
public interface IHistoryReader
{
    /// <summary>
    /// The participant's position, then messages around an id. The position is read first: what it says of the last id is
    /// covered by the messages that follow.
    /// </summary>
    /// <returns>Null when the chat does not exist or the user is not in it. Messages ascend by id.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<(ChatPosition Position, IReadOnlyList<MessageRow> Messages)?> ReadAsync(
        long chatId, long userId, HistoryAnchor anchor, long messageId, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// The same for somebody who leafs through the history: the position is current, the messages may come from a replica that
    /// provably has them.
    /// </summary>
    /// <returns>Null when the chat does not exist or the user is not in it. Messages ascend by id.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<(ChatPosition Position, IReadOnlyList<MessageRow> Messages)?> ReadPageAsync(
        long chatId, long userId, HistoryAnchor anchor, long messageId, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Both sides of an id in one go; the message itself is among the older ones. As with <see cref="ReadPageAsync"/>, a replica
    /// may serve the messages.
    /// </summary>
    /// <returns>Null when the chat does not exist or the user is not in it. Messages ascend by id.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<(ChatPosition Position, IReadOnlyList<MessageRow> Older, IReadOnlyList<MessageRow> Newer)?> ReadAroundAsync(
        long chatId, long userId, long messageId, int older, int newer, CancellationToken cancellationToken);

    /// <summary>What came after a message, after a change and after a hiding; of each at most <paramref name="limit"/>.</summary>
    /// <returns>Null when the chat does not exist or the user is not in it.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<SyncPage?> SyncAsync(
        long chatId, long userId, long afterMessageId, SyncMarks marks, int limit, CancellationToken cancellationToken);
}
