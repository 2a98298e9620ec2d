using System.Text.Json;

namespace Chat.Bench.Client;

/// <summary>Reads from a <c>ChatPage</c> how far each chat is, and nothing else.</summary>
internal static class ChatHeadsReader
{
    public static void Read(ReadOnlySpan<byte> payload, List<(long ChatId, long LastMessageId)> heads)
    {
        var reader = new Utf8JsonReader(payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isChats = reader.ValueTextEquals("chats"u8);
            reader.Read();
            if (!isChats)
            {
                reader.Skip();
                continue;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) heads.Add(ReadHead(ref reader));
        }
    }

    private static (long ChatId, long LastMessageId) ReadHead(ref Utf8JsonReader reader)
    {
        long chatId = 0, lastMessageId = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("chatId"u8);
            var isLast = !isId && reader.ValueTextEquals("lastMessageId"u8);
            reader.Read();
            if (isId) chatId = reader.GetInt64();
            else if (isLast) lastMessageId = reader.GetInt64();
            else reader.Skip();
        }
        return (chatId, lastMessageId);
    }
}
