using Dapper;

namespace Chat.Data.Messages;

/// <inheritdoc/>
public sealed class MessageReferences(ChatDatabase database) : IMessageReferences
{
    public Task<OriginalMessage?> FindOriginalAsync(long chatId, long userId, long messageId, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var row = await connection.QuerySingleOrDefaultAsync<OriginalRow>(new CommandDefinition(
                FindOriginalSql, new { ChatId = chatId, UserId = userId, MessageId = messageId }, cancellationToken: cancellationToken));
            return row is null ? null : new OriginalMessage(
                new QuotedHead(row.MessageId, row.SenderId, row.MessageType, QuotedHead.Cut(row.MessageText)),
                row.DeletedAt is not null, SeenByAll: !row.IsUnseen);
        }, cancellationToken);

    // Who joined after it, and from whom it is hidden: each the first entry of an index, where there is one.
    private const string FindOriginalSql = $"""
        SELECT m.message_id, m.sender_id, m.message_type, LEFT(m.message_text, 140) AS message_text, m.deleted_at,
          EXISTS (
            SELECT 1 FROM chat_participants p WHERE p.chat_id = m.chat_id AND p.visible_from > m.message_id AND p.left_at IS NULL)
          OR EXISTS (
            SELECT 1 FROM hidden_messages x WHERE x.chat_id = m.chat_id AND x.message_id = m.message_id) AS is_unseen
        FROM chat_participants me
        JOIN messages m ON m.chat_id = me.chat_id AND m.message_id >= me.visible_from
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL AND m.message_id = @MessageId
          AND {MessageColumns.NotHiddenFromUser}
        """;

    private sealed record OriginalRow
    {
        public long MessageId { get; init; }
        public long SenderId { get; init; }
        public string MessageType { get; init; } = "";
        public string? MessageText { get; init; }
        public DateTime? DeletedAt { get; init; }
        public bool IsUnseen { get; init; }
    }

    public Task<AppendResult?> FindSentAsync(long chatId, long senderId, Guid clientMessageId, CancellationToken cancellationToken) =>
        database.QueryAsync<AppendResult?>(async connection =>
        {
            var row = await connection.QuerySingleOrDefaultAsync<SentRow>(new CommandDefinition(
                FindSentSql, new { ChatId = chatId, SenderId = senderId, ClientMessageId = clientMessageId.ToByteArray(bigEndian: true) },
                cancellationToken: cancellationToken));
            return row is null ? null
                : new AppendResult(AppendOutcome.Duplicate, row.MessageId, row.SentAt) { Withheld = WithheldMessages.IsMarked(row.Body) };
        }, cancellationToken);

    private const string FindSentSql = """
        SELECT message_id, sent_at, body
        FROM messages
        WHERE chat_id = @ChatId AND sender_id = @SenderId AND client_message_id = @ClientMessageId
        """;

    private sealed record SentRow(long MessageId, DateTime SentAt, string? Body);
}
