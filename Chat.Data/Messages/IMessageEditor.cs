using Chat.Data.Administration;

namespace Chat.Data.Messages;

/// <summary>How a change of messages ended.</summary>
public enum ChangeOutcome
{
    Done,

    /// <summary>It is so already; nothing was written.</summary>
    Unchanged,

    /// <summary>The actor is not in the chat.</summary>
    NotFound,

    /// <summary>The actor sees no such message.</summary>
    MessageNotFound,

    /// <summary>It is not the actor's to change.</summary>
    Forbidden,

    /// <summary>It was sent too long ago.</summary>
    TooLate,

    /// <summary>A message of this type, or a deleted one, cannot be changed so.</summary>
    WrongType,

    /// <summary>A message of this type is nothing without a text.</summary>
    NeedsText,

    /// <summary>One of the two people of a direct chat blocks the other.</summary>
    Blocked,

    /// <summary>There would be more of something than allowed.</summary>
    TooMany,
}

/// <summary>The last numbers that changes of messages got.</summary>
/// <param name="ChangeId">Among those of the chat; null when there was none.</param>
/// <param name="HideId">Among what is the sender's alone, of messages that were withheld; null when there was none.</param>
public readonly record struct RecordedChanges(long? ChangeId, long? HideId);

/// <param name="Recorded">Nothing when nothing was written.</param>
public readonly record struct ChangeResult(ChangeOutcome Outcome, RecordedChanges Recorded = default);

/// <summary>What a deletion for all did, message by message, in the order asked.</summary>
/// <param name="MessageId">The first message that could not be deleted; 0 when none was refused. Then nothing was written.</param>
/// <param name="Recorded">Nothing when nothing was written.</param>
public readonly record struct DeletionResult(ChangeOutcome Outcome, long MessageId, RecordedChanges Recorded = default);

/// <param name="HideId">The participant's last hiding after it.</param>
/// <param name="MessageIds">What was hidden now, the last one as <paramref name="HideId"/>.</param>
public sealed record HidingResult(ChangeOutcome Outcome, long HideId, IReadOnlyList<long> MessageIds);

/// <summary>A text that a message had.</summary>
/// <param name="WrittenAt">When it was sent, or edited into this.</param>
public sealed record MessageVersionRow(string MessageText, DateTime WrittenAt);

/// <summary>
/// Changes messages that are stored. Every change runs in the chat's append lane and is reported to the <see cref="IAppendObserver"/>
/// in the order of the changes' numbers.
/// </summary>
public interface IMessageEditor
{
    /// <summary>Replaces the text of the actor's own text message, or the caption of a file, and keeps the old one.</summary>
    /// <param name="text">Null takes a caption away, and whom it names.</param>
    /// <param name="mentions">Who is named in the new text; those who are not in the chat are passed over.</param>
    /// <param name="notBefore">Messages sent earlier are too old.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<ChangeResult> EditAsync(long chatId, long actorId, long messageId, string? text, IReadOnlyList<long> mentions, DateTime notBefore);

    /// <summary>Deletes messages for everybody: all of them or none. Their rows stay, without text, body, reactions and old texts.</summary>
    /// <param name="messageIds">Distinct.</param>
    /// <param name="notBefore">Own messages sent earlier are too old, except for those who may delete anybody's.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<DeletionResult> DeleteAsync(long chatId, long actorId, IReadOnlyList<long> messageIds, DateTime notBefore);

    /// <summary>Deletes a message for everybody, whoever wrote it; written down as <paramref name="action"/> in the same transaction.</summary>
    /// <exception cref="DataUnavailableException"/>
    /// <exception cref="AppenderBusyException"/>
    Task<DeletionResult> DeleteByAdminAsync(long chatId, long messageId, AdminAction action);

    /// <summary>Hides messages from the actor alone. Those that are hidden already are passed over.</summary>
    /// <param name="messageIds">Distinct; a message that does not exist is passed over as well.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<HidingResult> HideAsync(long chatId, long actorId, IReadOnlyList<long> messageIds);

    /// <summary>The texts that a message had before the present one, oldest first; for those who see the message.</summary>
    /// <returns>Null when the reader sees no such message.</returns>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<MessageVersionRow>?> ListVersionsAsync(
        long chatId, long userId, long messageId, int limit, CancellationToken cancellationToken);
}
