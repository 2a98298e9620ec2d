using Chat.Data.Messages;

namespace Chat.Data.Disappearing;

/// <param name="MessageId">The system message that records it; null when nothing changed.</param>
public readonly record struct DisappearingResult(ChangeOutcome Outcome, long? MessageId = null);

/// <summary>Messages of one chat whose time has come.</summary>
/// <param name="Times">Distinct.</param>
public sealed record DueMessages(long ChatId, IReadOnlyList<long> MessageIds, IReadOnlyList<DateTime> Times);

/// <summary>How long the messages of a chat stay, and the removal of those whose time has come.</summary>
public interface IDisappearingStore
{
    /// <summary>Sets how long new messages stay, and records it in a system message. Messages that are there keep their time.</summary>
    /// <param name="seconds">0: they stay.</param>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<DisappearingResult> SetAsync(long chatId, long actorId, int seconds);

    /// <summary>Messages whose time has come, the oldest first.</summary>
    /// <exception cref="DataUnavailableException"/>
    Task<IReadOnlyList<DueMessages>> ListDueAsync(DateTime now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the content of messages, and whatever hangs on them, and reports it as a change. What somebody else has removed meanwhile is
    /// passed over, so nodes may meet here.
    /// </summary>
    /// <returns>How many were removed now.</returns>
    /// <exception cref="DataUnavailableException">Whether it took place is unknown; a repeat is free.</exception>
    Task<int> ExpireAsync(DueMessages due);
}
