using System.Text.Json;

namespace Chat.Bench.Client;

/// <summary>Reads the few fields that tell which message a payload is about, and stops once it has them.</summary>
internal static class MessageKeyReader
{
    /// <summary>From a <c>SendMessageResult</c>.</summary>
    public static long ReadMessageId(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("messageId"u8);
            reader.Read();
            if (found) return reader.GetInt64();
            reader.Skip();
        }
        throw new JsonException("A send's result without a messageId.");
    }

    /// <summary>From a <c>MessageView</c>.</summary>
    public static MessageKeyView ReadMessage(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        long chatId = 0, messageId = 0, senderId = 0;
        Guid? clientMessageId = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("chatId"u8))
            {
                reader.Read();
                chatId = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("messageId"u8))
            {
                reader.Read();
                messageId = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("senderId"u8))
            {
                reader.Read();
                senderId = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("clientMessageId"u8))
            {
                reader.Read();
                clientMessageId = reader.TokenType == JsonTokenType.Null ? Guid.Empty : reader.GetGuid();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
            if (chatId > 0 && messageId > 0 && senderId > 0 && clientMessageId is { } id)
                return new MessageKeyView(chatId, messageId, senderId, id);
        }
        throw new JsonException("A message without chatId, messageId, senderId or clientMessageId.");
    }
}

/// <param name="ClientMessageId">All zeros on system messages.</param>
internal readonly record struct MessageKeyView(long ChatId, long MessageId, long SenderId, Guid ClientMessageId);
