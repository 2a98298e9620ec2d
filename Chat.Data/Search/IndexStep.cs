using System.Globalization;

namespace Chat.Data.Search;

/// <summary>Up to where a chat is in the index; or, of its head, how far it goes.</summary>
internal sealed record ChatIndexPosition(long ChatId, long MessageId, long ChangeId);

/// <summary>What of one chat goes into one transaction. Ids have no gaps, so a range of them says how many there are.</summary>
internal sealed record IndexStep(ChatIndexPosition From, ChatIndexPosition Head, int Limit)
{
    public ChatIndexPosition To { get; } = new(
        From.ChatId, UpTo(From.MessageId, Head.MessageId, Limit), UpTo(From.ChangeId, Head.ChangeId, Limit));

    public bool HasMessages => To.MessageId > From.MessageId;

    public bool HasChanges => To.ChangeId > From.ChangeId;

    public bool IsLast => To.MessageId >= Head.MessageId && To.ChangeId >= Head.ChangeId;

    /// <summary>As a condition. As numbers: each is a range of the key then.</summary>
    public string MessageRange => string.Create(
        CultureInfo.InvariantCulture, $"(chat_id = {To.ChatId} AND message_id BETWEEN {From.MessageId + 1} AND {To.MessageId})");

    public string ChangeRange => string.Create(
        CultureInfo.InvariantCulture, $"(chat_id = {To.ChatId} AND change_id BETWEEN {From.ChangeId + 1} AND {To.ChangeId})");

    /// <summary>A position is never moved back, whatever the head says.</summary>
    private static long UpTo(long from, long head, int limit) => Math.Max(from, Math.Min(head, from + limit));
}
