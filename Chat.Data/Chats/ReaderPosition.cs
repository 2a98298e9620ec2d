namespace Chat.Data.Chats;

/// <summary>A chat that a participant is in, and where in it the participant stands.</summary>
internal sealed record ReaderPosition(long ChatId, long VisibleFrom, long ReadUpTo, long LastMessageId, string ChatType, string Role)
{
    public bool IsChannel => ChatType == "channel";
}
