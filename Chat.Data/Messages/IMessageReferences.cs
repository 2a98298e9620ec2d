namespace Chat.Data.Messages;

/// <summary>A message that somebody wants to answer, and may see.</summary>
/// <param name="SeenByAll">Whether everybody who is in the chat now may see it, so that its head may be pushed to all alike.</param>
public sealed record OriginalMessage(QuotedHead Head, bool IsDeleted, bool SeenByAll);

/// <summary>Looks up what a message refers to, before it is sent. Each method is one statement.</summary>
public interface IMessageReferences
{
    /// <returns>Null when the user sees no such message.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<OriginalMessage?> FindOriginalAsync(long chatId, long userId, long messageId, CancellationToken cancellationToken);

    /// <summary>What a send under this name stored, should it have been stored: what it refers to may be gone by the time it is repeated.</summary>
    /// <param name="senderId">As it stands in the message: 0 in a channel.</param>
    /// <exception cref="DataUnavailableException"/>
    Task<AppendResult?> FindSentAsync(long chatId, long senderId, Guid clientMessageId, CancellationToken cancellationToken);
}
