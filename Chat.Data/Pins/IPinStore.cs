using Chat.Data.Messages;

namespace Chat.Data.Pins;

/// <param name="PinnedBy">Perhaps somebody who has left since; 0 in a channel.</param>
public sealed record PinnedMessage(MessageRow Message, long PinnedBy, DateTime PinnedAt);

/// <summary>The messages that a chat has pinned, for everybody in it.</summary>
public interface IPinStore
{
    /// <summary>Pins a message, and records it in a system message.</summary>
    /// <param name="maxPinned">How many a chat may have.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<ChangeResult> PinAsync(long chatId, long actorId, long messageId, int maxPinned);

    /// <summary>Unpins it; a message that was not pinned stays so.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<ChangeResult> UnpinAsync(long chatId, long actorId, long messageId);

    /// <summary>Those that the reader sees, the one pinned last first.</summary>
    /// <returns>Null when the reader is not in the chat.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<PinnedMessage>?> ListAsync(long chatId, long userId, int limit, CancellationToken cancellationToken);
}
