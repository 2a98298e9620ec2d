namespace Chat.Bench.Checker;

/// <summary>What the database holds of the chats of a run, once everything has come to rest.</summary>
public sealed record StoredState(IReadOnlyList<StoredChat> Chats);

/// <param name="LastMessageId">As the chat's row says.</param>
/// <param name="Messages">Ascending by id.</param>
/// <param name="Statuses">By user and status, ascending by message id.</param>
/// <param name="KeepsStatuses">Whether there are status rows at all: a channel has none, since nobody may ask who read what.</param>
/// <param name="SeededUpTo">Messages up to this id were put there before the run, past the server.</param>
public sealed record StoredChat(
    long ChatId,
    long LastMessageId,
    IReadOnlyList<StoredMessage> Messages,
    IReadOnlyList<StoredParticipant> Participants,
    IReadOnlyList<StoredStatus> Statuses,
    long SeededUpTo = 0,
    bool KeepsStatuses = true);

/// <param name="SenderId">Who sent it; of a channel's post, its author, whom the message does not name.</param>
/// <param name="Text">Null where it was not read.</param>
public readonly record struct StoredMessage(long MessageId, long SenderId, Guid ClientMessageId, bool IsSystem, string? Text = null);

public readonly record struct StoredParticipant(long UserId, long VisibleFrom, long DeliveredUpTo, long ReadUpTo);

/// <param name="Status"><c>delivered</c> or <c>read</c>.</param>
public readonly record struct StoredStatus(long UserId, string Status, long MessageId, DateTime UpdatedAt);
