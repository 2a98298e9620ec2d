namespace Chat.Data.Receipts;

/// <summary>An up-to mark that a participant made.</summary>
/// <param name="Read">A read mark; it implies delivered.</param>
/// <param name="Origin">Whatever the caller wants to find again in <see cref="AdvancedReceipt"/>; the data layer does not look at it.</param>
public readonly record struct Mark(long ChatId, long UserId, long UpTo, bool Read, string? Origin = null);

public enum MarkOutcome
{
    /// <summary>At least one watermark moved.</summary>
    Advanced,

    /// <summary>The stored watermarks are at or beyond the mark already.</summary>
    Unchanged,

    /// <summary>The mark is beyond the chat's last message.</summary>
    BeyondLastMessage,

    NotAParticipant,
}

/// <summary>A participant's read mark passed these messages of a channel. Marks only move forward, so nobody passes a message twice.</summary>
public readonly record struct ViewedMessages(long ChatId, long From, long To);

/// <summary>The participant's watermarks after the mark.</summary>
public readonly record struct MarkedPosition(MarkOutcome Outcome, long DeliveredUpTo, long ReadUpTo);

/// <summary>Watermarks that moved, for those who watch them.</summary>
/// <param name="Origin">Where the marks came from, if all came from one place. See <see cref="Mark.Origin"/>.</param>
public readonly record struct AdvancedReceipt(long ChatId, long UserId, long DeliveredUpTo, long ReadUpTo, string? Origin = null);
