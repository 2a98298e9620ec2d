using Chat.Data.Accounts;
using Chat.Data.Messages;

namespace Chat.Data.Reactions;

/// <summary>Somebody's reaction to a message.</summary>
public sealed record ReactionRow(
    long UserId, string Name, string? Username, string? Status, string? ProfilePictureUrl, long? PictureMediaId, string Emoji, DateTime ReactedAt) : IPersonRow;

/// <summary>Who reacted to messages with what: one emoji per person and message.</summary>
public interface IReactionStore
{
    /// <summary>
    /// Sets, replaces or takes back the actor's reaction. The counts in the message are written with it, and the change is reported in order
    /// with all others of the chat.
    /// </summary>
    /// <param name="emoji">Null takes it back, which needs no right.</param>
    /// <param name="maxKinds">Different emoji on one message.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<ChangeResult> SetAsync(long chatId, long actorId, long messageId, string? emoji, int maxKinds);

    /// <summary>Who reacted, ascending by user id; also those who have left since.</summary>
    /// <param name="emoji">Null for all.</param>
    /// <returns>Null when the reader sees no such message.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<ReactionRow>?> ListAsync(
        long chatId, long userId, long messageId, string? emoji, long afterUserId, int limit, CancellationToken cancellationToken);
}
