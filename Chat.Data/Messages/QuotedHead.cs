namespace Chat.Data.Messages;

/// <summary>What a reply shows of the message that it answers, for somebody who may see that message.</summary>
/// <param name="Text">Its beginning, at most <see cref="MaxText"/> UTF-16 code units; null where it has no text.</param>
public sealed record QuotedHead(long MessageId, long SenderId, string Type, string? Text)
{
    public const int MaxText = 140;

    /// <summary>The beginning of a text, in whole characters.</summary>
    public static string? Cut(string? text)
    {
        if (text is null || text.Length <= MaxText) return text;
        return text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];
    }
}
