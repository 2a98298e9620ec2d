using System.Data.Common;
using Chat.Data.Groups;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>What a chat records of itself, as messages of it.</summary>
internal static class SystemMessages
{
    /// <summary>Under the lock of the chat's row, which gives the id; the chat's head is the caller's to move.</summary>
    /// <param name="senderId">Who did it, for everybody to see; 0 for nobody.</param>
    public static async Task<MessageRow> InsertAsync(
        DbConnection connection, DbTransaction transaction, long chatId, long messageId, long senderId, SystemBody body, DateTime now)
    {
        var row = new MessageRow(
            chatId, messageId, senderId, Guid.NewGuid().ToByteArray(bigEndian: true), "system", MessageText: null, body.ToJson(), now);
        await connection.ExecuteAsync(InsertSql, row, transaction);
        return row;
    }

    private const string InsertSql = """
        INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, body, sent_at)
        VALUES (@ChatId, @MessageId, @SenderId, @ClientMessageId, @MessageType, @Body, @SentAt)
        """;
}
