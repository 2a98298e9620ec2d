namespace Chat.Data.Receipts;

/// <summary>Reads who got and read a message, and when.</summary>
public interface IMessageInfoReader
{
    /// <returns>Null when the message does not exist, or the user may not see it.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<MessageInfoHead?> FindAsync(long chatId, long messageId, long userId, CancellationToken cancellationToken);

    /// <summary>One row for each present participant but the sender who may see the message.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<MessageInfoRow>> ListAsync(long chatId, long messageId, long senderId, CancellationToken cancellationToken);
}
