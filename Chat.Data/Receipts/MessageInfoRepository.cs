using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Receipts;

/// <summary>The message that is asked about; its sender decides who may ask.</summary>
public sealed record MessageInfoHead(long SenderId, DateTime SentAt, string? Body = null);

/// <summary>When one participant got and read a message; null while not.</summary>
public sealed record MessageInfoRow(long UserId, DateTime? DeliveredAt, DateTime? ReadAt);

/// <summary>Reads who got and read a message, and when.</summary>
public sealed class MessageInfoRepository(ChatDatabase database) : IMessageInfoReader
{
    public Task<MessageInfoHead?> FindAsync(long chatId, long messageId, long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<MessageInfoHead?>(
                FindSql, new { ChatId = chatId, MessageId = messageId, UserId = userId }),
            cancellationToken);

    private const string FindSql = $"""
        SELECT m.sender_id, m.sent_at, m.body
        FROM chat_participants me
        JOIN messages m ON m.chat_id = me.chat_id AND m.message_id >= me.visible_from
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL AND m.message_id = @MessageId
          AND {MessageColumns.NotHiddenFromUser}
        """;

    public Task<IReadOnlyList<MessageInfoRow>> ListAsync(long chatId, long messageId, long senderId, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<MessageInfoRow>>(
            async connection => (await connection.QueryAsync<MessageInfoRow>(
                ListSql, new { ChatId = chatId, MessageId = messageId, SenderId = senderId })).AsList(),
            cancellationToken);

    // A status row speaks for its message and all before it, so the first one at or above the message tells when.
    // Each sub-select is one look-up in the primary key.
    private const string ListSql = """
        SELECT p.user_id,
          (SELECT s.status_updated_at FROM message_status s
            WHERE s.chat_id = p.chat_id AND s.user_id = p.user_id AND s.status = 'delivered' AND s.message_id >= @MessageId
            ORDER BY s.message_id LIMIT 1) AS delivered_at,
          (SELECT s.status_updated_at FROM message_status s
            WHERE s.chat_id = p.chat_id AND s.user_id = p.user_id AND s.status = 'read' AND s.message_id >= @MessageId
            ORDER BY s.message_id LIMIT 1) AS read_at
        FROM chat_participants p
        WHERE p.chat_id = @ChatId AND p.user_id <> @SenderId AND p.left_at IS NULL AND p.visible_from <= @MessageId
        ORDER BY p.user_id
        """;
}
