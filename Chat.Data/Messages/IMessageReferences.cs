using Chat.Data.Media;

namespace Chat.Data.Messages;

/// <summary>A message that somebody wants to answer, and may see.</summary>
/// <param name="SeenByAll">Whether everybody who is in the chat now may see it, so that its head may be pushed to all alike.</param>
public sealed record OriginalMessage(QuotedHead Head, bool IsDeleted, bool SeenByAll);

/// <summary>Messages of one chat that somebody wants to forward, and may see.</summary>
/// <param name="Messages">As asked for, without those that the user does not see.</param>
public sealed record ForwardSource(string ChatType, string? ChatName, IReadOnlyList<MessageRow> Messages)
{
    /// <summary>A channel speaks for itself, whoever wrote for it.</summary>
    public ForwardBody OriginOf(MessageRow row) =>
        ChatType == "channel" ? new ForwardBody(ChatType, SenderId: null, ChatName) : new ForwardBody(ChatType, row.SenderId, Title: null);
}

/// <summary>A message as its sender named it.</summary>
public readonly record struct SentKey(long ChatId, Guid ClientMessageId);

/// <summary>Looks up what a message refers to, before it is sent.</summary>
public interface IMessageReferences
{
    /// <returns>Null when the user sees no such message.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<OriginalMessage?> FindOriginalAsync(long chatId, long userId, long messageId, CancellationToken cancellationToken);

    /// <summary>
    /// Those of the given files that the user may see: their own, and those that a message holds which they may see. Each is kept from the
    /// collector for long enough to send a message that holds it.
    /// </summary>
    /// <param name="mediaIds">Distinct, at most some hundred.</param>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<MediaRow>> HoldMediaAsync(long userId, IReadOnlyCollection<long> mediaIds, CancellationToken cancellationToken);

    /// <returns>Null when the user is not in the chat.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<ForwardSource?> FindForwardsAsync(long chatId, long userId, IReadOnlyCollection<long> messageIds, CancellationToken cancellationToken);

    /// <summary>What sends under these names stored, those of them that did: what a message refers to may be gone by the time its send is repeated.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyDictionary<SentKey, AppendResult>> FindSentAsync(
        long senderId, IReadOnlyCollection<SentKey> keys, CancellationToken cancellationToken);
}
