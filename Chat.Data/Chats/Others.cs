using System.Globalization;

namespace Chat.Data.Chats;

/// <summary>The other participants of a chat: how many, and the lowest marks among them, null where there is nobody else.</summary>
internal readonly record struct Others(long Count, long? DeliveredUpTo, long? ReadUpTo)
{
    /// <param name="text"><c>count</c>, or <c>count:delivered:read</c>, as CONCAT_WS writes it, which leaves nulls out.</param>
    public static Others Read(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[4];
        return text.Split(parts, ':') == 3
            ? new Others(Number(text[parts[0]]), Number(text[parts[1]]), Number(text[parts[2]]))
            : new Others(Number(text), null, null);
    }

    /// <summary>The marks as they are shown: in a channel nobody learns of others, and where nobody else is they are at the end.</summary>
    public (long DeliveredUpTo, long ReadUpTo) In(string chatType, ChatVersion version) =>
        chatType == "channel" ? (0, 0) : (DeliveredUpTo ?? version.LastMessageId, ReadUpTo ?? version.LastMessageId);

    private static long Number(ReadOnlySpan<char> text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
