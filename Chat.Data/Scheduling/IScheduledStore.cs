namespace Chat.Data.Scheduling;

/// <summary>A message that is to be sent later.</summary>
/// <param name="ClientMessageId">16 bytes, big-endian.</param>
/// <param name="Request">JSON of the send; the data layer does not look at it.</param>
/// <param name="Failure">The error code that it failed with; null while it waits for its time.</param>
public sealed record ScheduledRow(
    long ScheduledId, long UserId, long ChatId, byte[] ClientMessageId, string Request, DateTime SendAt, DateTime CreatedAt, string? Failure);

public enum ScheduleOutcome
{
    Done,

    /// <summary>The user has as many as allowed. Nothing was written.</summary>
    TooMany,

    /// <summary>The user has no such message waiting: perhaps it is sent already.</summary>
    NotFound,

    /// <summary>A node is sending it at this moment. Nothing was written.</summary>
    BeingSent,
}

public readonly record struct ScheduleResult(ScheduleOutcome Outcome, ScheduledRow? Row = null);

/// <summary>Messages that are to be sent later.</summary>
public interface IScheduledStore
{
    /// <summary>Adds one; a repeat under the same client message id returns the first.</summary>
    /// <param name="max">How many a user may have.</param>
    /// <exception cref="DataUnavailableException">Whether it was added is unknown; a repeat is free.</exception>
    Task<ScheduleResult> AddAsync(ScheduledRow row, int max, CancellationToken cancellationToken);

    /// <summary>All of a user, the next one first.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<ScheduledRow>> ListAsync(long userId, CancellationToken cancellationToken);

    /// <summary>Gives it another time; one that failed is tried again then.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<ScheduleResult> MoveAsync(long userId, long scheduledId, DateTime sendAt, DateTime now, CancellationToken cancellationToken);

    /// <summary>Takes it back; the result holds what it was.</summary>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat tells.</exception>
    Task<ScheduleResult> CancelAsync(long userId, long scheduledId, DateTime now, CancellationToken cancellationToken);

    /// <summary>Whether there is a message to claim.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<bool> HasDueAsync(DateTime now, CancellationToken cancellationToken);

    /// <summary>Claims messages whose time has come, the oldest first: until then no other node takes them, and their author cannot take them back.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<ScheduledRow>> ClaimDueAsync(DateTime now, DateTime until, int limit, CancellationToken cancellationToken);

    /// <summary>It is sent.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task RemoveAsync(long scheduledId, CancellationToken cancellationToken);

    /// <summary>It could not be sent now.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task PostponeAsync(long scheduledId, DateTime nextTryAt, CancellationToken cancellationToken);

    /// <summary>It cannot be sent.</summary>
    /// <param name="failure">The error code.</param>
    /// <exception cref="DataUnavailableException"/>
    Task FailAsync(long scheduledId, string failure, CancellationToken cancellationToken);
}
