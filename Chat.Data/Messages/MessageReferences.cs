using Chat.Data.Media;
using Dapper;

namespace Chat.Data.Messages;

/// <inheritdoc/>
public sealed class MessageReferences(ChatDatabase database, MediaRepository media, TimeProvider time) : IMessageReferences
{
    /// <summary>Longer than any message waits to be stored, whatever the difference of the nodes' clocks.</summary>
    private static readonly TimeSpan HoldTime = TimeSpan.FromHours(1);

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
            SELECT 1 FROM chat_participants p FORCE INDEX (ix_chat_participants_visible_from)
            WHERE p.chat_id = m.chat_id AND p.visible_from > m.message_id AND p.left_at IS NULL)
          OR EXISTS (
            SELECT 1 FROM hidden_messages x FORCE INDEX (ix_hidden_messages_message)
            WHERE x.chat_id = m.chat_id AND x.message_id = m.message_id) AS is_unseen
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

    public async Task<IReadOnlyList<MediaRow>> HoldMediaAsync(long userId, IReadOnlyCollection<long> mediaIds, CancellationToken cancellationToken)
    {
        var visible = await media.ListVisibleAsync(userId, mediaIds, cancellationToken);
        if (visible.Count == 0) return visible;
        var ids = visible.Select(row => row.MediaId).ToList();
        var held = await media.ReserveAsync(ids, time.GetUtcNow().UtcDateTime + HoldTime, cancellationToken);
        // The collector was quicker with one of them: what is still there is held now.
        return held == ids.Count ? visible : await media.ListVisibleAsync(userId, ids, cancellationToken);
    }

    public Task<ForwardSource?> FindForwardsAsync(
        long chatId, long userId, IReadOnlyCollection<long> messageIds, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var asked = new { ChatId = chatId, UserId = userId, MessageIds = messageIds };
            var chat = await connection.QuerySingleOrDefaultAsync<SourceRow>(new CommandDefinition(FindSourceSql, asked, cancellationToken: cancellationToken));
            if (chat is null) return null;
            var messages = await connection.QueryAsync<MessageRow>(new CommandDefinition(ListForwardsSql, asked, cancellationToken: cancellationToken));
            return new ForwardSource(chat.ChatType, chat.ChatName, messages.AsList());
        }, cancellationToken);

    private const string FindSourceSql = """
        SELECT c.chat_type, c.chat_name
        FROM chat_participants me
        JOIN chats c ON c.chat_id = me.chat_id
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL
        """;

    private const string ListForwardsSql = $"""
        SELECT {MessageColumns.OfM}
        FROM chat_participants me
        JOIN messages m ON m.chat_id = me.chat_id AND m.message_id >= me.visible_from
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL AND m.message_id IN @MessageIds
          AND {MessageColumns.NotHiddenFromUser}
        """;

    private sealed record SourceRow(string ChatType, string? ChatName);

    public Task<IReadOnlyDictionary<SentKey, AppendResult>> FindSentAsync(
        long senderId, IReadOnlyCollection<SentKey> keys, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyDictionary<SentKey, AppendResult>>(async connection =>
        {
            var rows = await connection.QueryAsync<SentRow>(new CommandDefinition(
                FindSentSql,
                new
                {
                    SenderId = senderId,
                    ChatIds = keys.Select(key => key.ChatId).Distinct(),
                    ClientMessageIds = keys.Select(key => key.ClientMessageId.ToByteArray(bigEndian: true)),
                },
                cancellationToken: cancellationToken));
            return rows.ToDictionary(
                row => new SentKey(row.ChatId, new Guid(row.ClientMessageId, bigEndian: true)),
                row => new AppendResult(AppendOutcome.Duplicate, row.MessageId, row.SentAt)
                {
                    Withheld = WithheldMessages.IsMarked(row.Body), ExpiresAt = row.ExpiresAt, Signature = MessageBody.SignatureIn(row.Body),
                });
        }, cancellationToken);

    // Sent by 0: as a channel's post.
    private const string FindSentSql = """
        SELECT chat_id, client_message_id, message_id, sent_at, body, expires_at
        FROM messages
        WHERE chat_id IN @ChatIds AND sender_id IN (0, @SenderId) AND client_message_id IN @ClientMessageIds
        """;

    private sealed record SentRow(long ChatId, byte[] ClientMessageId, long MessageId, DateTime SentAt, string? Body, DateTime? ExpiresAt);
}
