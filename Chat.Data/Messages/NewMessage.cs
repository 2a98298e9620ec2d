using Chat.Data.Chats;

namespace Chat.Data.Messages;

/// <summary>A message that passed the rules and waits to be stored. What is not set makes it a plain text, which is stored the cheapest way.</summary>
/// <param name="Roster">What the sender was checked against; if the chat has a newer one at commit, the sender is checked again there.</param>
/// <param name="Text">Null where the type has none.</param>
/// <param name="Origin">Whatever the caller wants to find again in <see cref="StoredMessage"/>; the data layer does not look at it.</param>
public sealed record NewMessage(Roster Roster, long SenderId, Guid ClientMessageId, string? Text, string? Origin)
{
    public const string PlainText = "text";

    /// <summary>Types of messages that hold a file; the same words as <c>media.media_type</c>.</summary>
    public static IReadOnlyList<string> MediaTypes { get; } = ["image", "video", "audio", "voice", "document"];

    /// <summary>A value of <c>messages.message_type</c>; it stands in the statement as it is, so it must not come from outside.</summary>
    public string Type { get; init; } = PlainText;

    /// <summary>JSON of what the message has beside its text.</summary>
    public string? Body { get; init; }

    /// <summary>The head of the message that it answers, where everybody in the chat may see that; for the push alone.</summary>
    public QuotedHead? Quoted { get; init; }

    /// <summary>Rows of other tables that belong to the message; stored with it or not at all.</summary>
    public IReadOnlyList<SideRow> Beside { get; init; } = [];

    /// <summary>Whether it never reaches the other person of a direct chat.</summary>
    public bool IsWithheld { get; private init; }

    /// <summary>The same, hidden for good from somebody who blocks the sender. Its body says so to the sender, and to whoever pushes it.</summary>
    public NewMessage WithheldFrom(long userId) => this with
    {
        IsWithheld = true,
        Body = WithheldMessages.Mark(Body),
        Beside = [.. Beside, new SideRow(SideTable.HiddenFrom, userId)],
    };

    /// <summary>Who stands in the message as its sender; 0 in a channel, which speaks for itself.</summary>
    public long ShownSenderId { get; private init; } = SenderId;

    /// <summary>The name under a channel's post; null for none.</summary>
    public string? Signature { get; private init; }

    /// <summary>The same as a channel's post: its sender is written down apart, and told to nobody.</summary>
    /// <param name="signature">The name under it; null for none.</param>
    public NewMessage AsPost(string? signature) => this with
    {
        ShownSenderId = 0,
        Signature = signature,
        Body = signature is null ? Body : ((MessageBody.Read(Body) ?? MessageBody.Empty) with { Signature = signature }).Write(),
        Beside = [.. Beside, new SideRow(SideTable.PostedBy, SenderId)],
    };

    internal bool IsPlainText => Body is null && Type == PlainText && Beside.Count == 0;

    /// <summary>UTF-16 code units, more or less, that it adds to a statement.</summary>
    internal int Size => (Text?.Length ?? 0) + (Body?.Length ?? 0) + SideRow.Size * Beside.Count;
}

/// <summary>A row (chat, message, <paramref name="Value"/>) beside a new message.</summary>
public readonly record struct SideRow(SideTable Table, long Value)
{
    internal const int Size = 40;
}

/// <summary>A table whose rows are a chat, a message and one number.</summary>
/// <param name="Insert">The head of an INSERT of these three columns, in this order.</param>
public sealed record SideTable(string Insert)
{
    /// <summary>Who must not see the message.</summary>
    public static SideTable HiddenFrom { get; } = new("INSERT INTO hidden_messages (chat_id, message_id, user_id) VALUES");

    /// <summary>Who wrote a channel's post.</summary>
    public static SideTable PostedBy { get; } = new("INSERT INTO channel_posts (chat_id, message_id, author_id) VALUES");

    /// <summary>Which file it holds.</summary>
    public static SideTable Media { get; } = new("INSERT INTO message_media (chat_id, message_id, media_id) VALUES");

    /// <summary>Who is named in it.</summary>
    public static SideTable Mentions { get; } = new("INSERT INTO message_mentions (chat_id, message_id, user_id) VALUES");
}

public enum AppendOutcome
{
    /// <summary>Committed now.</summary>
    Stored,

    /// <summary>Had been committed before under the same client message id; nothing was written.</summary>
    Duplicate,

    /// <summary>The sender is no longer in the chat; nothing was written.</summary>
    NotAParticipant,

    /// <summary>The sender may not send this in the chat (any more); nothing was written.</summary>
    Forbidden,

    /// <summary>The sender may not send before <see cref="AppendResult.NotBefore"/>: muted. Nothing was written.</summary>
    Muted,

    /// <summary>The chat has slow mode, and the sender's last message is too young until <see cref="AppendResult.NotBefore"/>. Nothing was written.</summary>
    TooSoon,

    /// <summary>
    /// One of the two people of a direct chat has blocked or unblocked the other since the message was checked, which decides who may see it.
    /// Nothing was written; to be checked and sent again under the new roster.
    /// </summary>
    RosterChanged,
}

/// <param name="MessageId">0 when nothing is stored.</param>
/// <param name="NotBefore">When the sender may send again, where the outcome says so.</param>
public readonly record struct AppendResult(AppendOutcome Outcome, long MessageId, DateTime SentAt, DateTime NotBefore = default)
{
    /// <summary>Whether the message is stored, and never reaches the other person of the direct chat.</summary>
    public bool Withheld { get; init; }

    /// <summary>When the message goes by itself; null when it stays.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>The name under a channel's post, as it is stored; null for none.</summary>
    public string? Signature { get; init; }

    public bool IsRefused => Outcome is not (AppendOutcome.Stored or AppendOutcome.Duplicate);
}

/// <summary>A message that is in the database, with what a push of it needs.</summary>
/// <param name="Roster">The roster of the send, or null when the message was not sent by a client (system messages).</param>
/// <param name="Origin">See <see cref="NewMessage.Origin"/>.</param>
public sealed record StoredMessage(MessageRow Row, Roster? Roster, string? Origin)
{
    /// <summary>Who is to be told: of a direct chat, where there is no roster to tell, and where some in the chat may not see it. None: the whole chat.</summary>
    public IReadOnlyList<long> People { get; init; } = [];
}

/// <summary>Told by the lanes what happened, on the lane: in commit order per chat. Never to be kept waiting, where nothing else is said.</summary>
public interface IAppendObserver
{
    /// <summary>These are committed. A repeated send is reported again, since its first push may have been lost with a node.</summary>
    void Committed(IReadOnlyList<StoredMessage> messages);

    /// <summary>These changes of one chat's messages are committed; in the order of their numbers, after the messages that the same work stored.</summary>
    void Changed(IReadOnlyList<MessageChange> changes);

    /// <summary>The connection broke during the commit: these chats may hold messages that were never reported.</summary>
    void OutcomeUnknown(IReadOnlyCollection<long> chatIds);

    /// <summary>
    /// Users joined or left a chat (none: perhaps). The lane waits for it: no later message of the chat is reported before those who left
    /// are unsubscribed, and those who joined hear of their own joining.
    /// </summary>
    Task MembersChangedAsync(long chatId, IReadOnlyList<long> userIds);

    /// <summary>
    /// The roster that a send was checked against is out of date, and nobody said who joined or left. The lane waits for this as well: the
    /// send is reported when those who had left before it are unsubscribed.
    /// </summary>
    Task RosterChangedAsync(long chatId);
}

/// <summary>The appender takes no more: its queue is full, or it is shutting down. Nothing was written.</summary>
public sealed class AppenderBusyException(string reason) : Exception(reason);
