namespace Chat.Data.Messages;

/// <summary>A row of <c>messages</c>, read by <see cref="MessageColumns"/>.</summary>
/// <param name="MessageText">Null where the type has none, and once deleted.</param>
/// <param name="Body">JSON of what a message has beside its text; null where that is nothing, and once deleted.</param>
/// <param name="LastChangeId">The last change that touched it; 0 for none.</param>
/// <param name="Reactions">JSON, emoji to count; null without any.</param>
public sealed record MessageRow(
    long ChatId,
    long MessageId,
    long SenderId,
    byte[] ClientMessageId,
    string MessageType,
    string? MessageText,
    string? Body,
    DateTime SentAt,
    long LastChangeId = 0,
    DateTime? EditedAt = null,
    DateTime? DeletedAt = null,
    string? Reactions = null,
    DateTime? PinnedAt = null,
    DateTime? ExpiresAt = null)
{
    /// <summary>The emoji that the reader reacted with. Known where somebody reads, not where something is pushed to everybody.</summary>
    public string? MyReaction { get; init; }

    /// <summary>What the reader chose in the poll, one bit an option. Known where somebody reads, likewise.</summary>
    public int MyVotes { get; init; }

    /// <summary>The head of the message that it answers, where the reader may see that, or everybody whom it is pushed to.</summary>
    public QuotedHead? Quoted { get; init; }

    /// <summary>How many have seen a channel's post. Known where somebody reads.</summary>
    public long? Views { get; init; }

    /// <summary>A channel's, which speaks for itself.</summary>
    internal bool IsPost => SenderId == 0 && !IsSystem;

    internal bool IsSystem => MessageType == "system";
}

/// <summary>The columns of a <see cref="MessageRow"/>, in its order.</summary>
internal static class MessageColumns
{
    /// <summary>Of <c>messages m</c>.</summary>
    public const string OfM = """
        m.chat_id, m.message_id, m.sender_id, m.client_message_id, m.message_type, m.message_text, m.body, m.sent_at,
          m.last_change_id, m.edited_at, m.deleted_at, m.reactions, m.pinned_at, m.expires_at
        """;

    /// <summary>
    /// A condition on <c>messages m</c>: <c>@UserId</c> has not hidden it, nor was it withheld from them (one look-up in a primary key), and it
    /// has not expired.
    /// </summary>
    public const string NotHiddenFromUser = $"""
        {NotExpired} AND {NotInHidden}
        """;

    /// <summary>A condition on <c>messages m</c>. By the database's clock, so that every node and every read agrees.</summary>
    public const string NotExpired = "(m.expires_at IS NULL OR m.expires_at > UTC_TIMESTAMP(6))";

    /// <summary>The same as <see cref="NotHiddenFromUser"/>, but with what is left of expired messages: clients are to drop what they hold of them.</summary>
    public const string NotHiddenOrRemoved = $"""
        ({NotExpired} OR m.deleted_at IS NOT NULL) AND {NotInHidden}
        """;

    private const string NotInHidden = """
        NOT EXISTS (
            SELECT 1 FROM hidden_messages h WHERE h.chat_id = m.chat_id AND h.user_id = @UserId AND h.message_id = m.message_id)
        """;
}
