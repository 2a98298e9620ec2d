namespace Chat.Data.Messages;

/// <summary>A row of <c>messages</c>.</summary>
/// <param name="Body">JSON of the types that have more than a text.</param>
public sealed record MessageRow(
    long ChatId,
    long MessageId,
    long SenderId,
    byte[] ClientMessageId,
    string MessageType,
    string? MessageText,
    string? Body,
    DateTime SentAt);
