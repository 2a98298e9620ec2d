using System.Text.Json;

namespace Chat.Bench.Client;

/// <summary>Reads the few fields that tell which message a payload is about, and stops once it has them.</summary>
internal static class MessageKeyReader
{
    /// <summary>From a <c>SendMessageResult</c>.</summary>
    public static long ReadMessageId(ReadOnlySpan<byte> payload)
    {
        var scanner = new FieldScanner(payload);
        if (scanner.Expect("{\"chatId\":"u8) && scanner.Number(out _) && scanner.Expect(",\"messageId\":"u8) && scanner.Number(out var messageId))
            return messageId;
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
        var scanner = new FieldScanner(payload);
        if (scanner.Expect("{\"chatId\":"u8) && scanner.Number(out var ofChat)
            && scanner.Expect(",\"messageId\":"u8) && scanner.Number(out var message)
            && scanner.Expect(",\"senderId\":"u8) && scanner.Number(out var sender)
            && scanner.Expect(",\"clientMessageId\":\""u8) && scanner.Uuid(out var uuid))
            return new MessageKeyView(ofChat, message, sender, uuid);
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

    /// <summary>From a <c>MarkResult</c>.</summary>
    public static MarksView ReadMarks(ReadOnlySpan<byte> payload)
    {
        var scanner = new FieldScanner(payload);
        if (scanner.Expect("{\"chatId\":"u8) && scanner.Number(out _)
            && scanner.Expect(",\"deliveredUpTo\":"u8) && scanner.Number(out var delivered)
            && scanner.Expect(",\"readUpTo\":"u8) && scanner.Number(out var read))
            return new MarksView(0, delivered, read);
        var reader = new Utf8JsonReader(payload);
        reader.Read();
        return ReadMarks(ref reader);
    }

    /// <summary>From a <c>ReceiptsAdvancedEvent</c>: the marks of one user.</summary>
    /// <returns>All zeros when it does not speak of that user.</returns>
    public static MarksView ReadMarksOf(ReadOnlySpan<byte> payload, long userId)
    {
        var scanner = new FieldScanner(payload);
        if (scanner.Expect("{\"chatId\":"u8) && scanner.Number(out _) && scanner.Expect(",\"receipts\":["u8)
            && TryScanMarks(ref scanner, out var only))
            return only.UserId == userId ? only : default;
        var reader = new Utf8JsonReader(payload);
        // What follows the event belongs to the record around it and is not to be read.
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0))
        {
            // The event itself is an object; those further in are the receipts.
            if (reader.TokenType != JsonTokenType.StartObject || reader.CurrentDepth == 0) continue;
            var marks = ReadMarks(ref reader);
            if (marks.UserId == userId) return marks;
        }
        return default;
    }

    /// <summary>The marks of one user alone, which is how they come in direct chats.</summary>
    private static bool TryScanMarks(ref FieldScanner scanner, out MarksView marks)
    {
        marks = default;
        if (!scanner.Expect("{\"userId\":"u8) || !scanner.Number(out var userId)) return false;
        if (!scanner.Expect(",\"deliveredUpTo\":"u8) || !scanner.Number(out var delivered)) return false;
        if (!scanner.Expect(",\"readUpTo\":"u8) || !scanner.Number(out var read)) return false;
        marks = new MarksView(userId, delivered, read);
        return scanner.Expect("}]}"u8);
    }

    private static MarksView ReadMarks(ref Utf8JsonReader reader)
    {
        long userId = 0, delivered = 0, read = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("userId"u8)) userId = ReadNumber(ref reader);
            else if (reader.ValueTextEquals("deliveredUpTo"u8)) delivered = ReadNumber(ref reader);
            else if (reader.ValueTextEquals("readUpTo"u8)) read = ReadNumber(ref reader);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return new MarksView(userId, delivered, read);
    }

    private static long ReadNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt64();
    }
}

/// <param name="ClientMessageId">All zeros on system messages.</param>
internal readonly record struct MessageKeyView(long ChatId, long MessageId, long SenderId, Guid ClientMessageId);

/// <param name="UserId">0 where the payload is about the caller.</param>
internal readonly record struct MarksView(long UserId, long DeliveredUpTo, long ReadUpTo);
