using Chat.Data;
using Dapper;

namespace Chat.Bench.Checker;

/// <summary>Reads what the database holds of some chats, past the server: the truth that clients are compared with.</summary>
public static class StoredStateReader
{
    /// <param name="withTexts">Whether the texts are wanted; a long run without them needs far less memory.</param>
    /// <exception cref="DataUnavailableException"/>
    public static async Task<StoredState> ReadAsync(
        ChatDatabase database, IEnumerable<long> chatIds, bool withTexts, CancellationToken cancellationToken)
    {
        var chats = new List<StoredChat>();
        foreach (var chatId in chatIds.Distinct().Order())
            chats.Add(await ReadChatAsync(database, chatId, withTexts, cancellationToken));
        return new StoredState(chats);
    }

    private static Task<StoredChat> ReadChatAsync(ChatDatabase database, long chatId, bool withTexts, CancellationToken cancellationToken) =>
        database.QueryAsync(
            async connection =>
            {
                var key = new { ChatId = chatId };
                var head = await connection.QuerySingleOrDefaultAsync<HeadRow>(HeadSql, key)
                    ?? throw new BenchException($"Chat {chatId} is not in the database that is being checked.");
                var messages = await connection.QueryAsync<MessageRow>(withTexts ? MessagesWithTextSql : MessagesSql, key);
                var participants = await connection.QueryAsync<StoredParticipant>(ParticipantsSql, key);
                var statuses = await connection.QueryAsync<StatusRow>(StatusesSql, key);
                return new StoredChat(
                    chatId, head.LastMessageId,
                    [.. messages.Select(m => new StoredMessage(
                        m.MessageId, m.SenderId, new Guid(m.ClientMessageId, bigEndian: true), m.MessageType == "system", m.MessageText))],
                    [.. participants],
                    [.. statuses.Select(s => new StoredStatus(s.UserId, s.Status, s.MessageId, s.StatusUpdatedAt))],
                    KeepsStatuses: head.ChatType != "channel");
            },
            cancellationToken);

    private const string HeadSql = "SELECT last_message_id, chat_type FROM chats WHERE chat_id = @ChatId";

    private const string MessagesSql = """
        SELECT m.message_id, COALESCE(post.author_id, m.sender_id) AS sender_id, m.client_message_id, m.message_type, NULL AS message_text
        FROM messages m
        LEFT JOIN channel_posts post ON post.chat_id = m.chat_id AND post.message_id = m.message_id
        WHERE m.chat_id = @ChatId
        ORDER BY m.message_id
        """;

    private const string MessagesWithTextSql = """
        SELECT m.message_id, COALESCE(post.author_id, m.sender_id) AS sender_id, m.client_message_id, m.message_type, m.message_text
        FROM messages m
        LEFT JOIN channel_posts post ON post.chat_id = m.chat_id AND post.message_id = m.message_id
        WHERE m.chat_id = @ChatId
        ORDER BY m.message_id
        """;

    private const string ParticipantsSql = """
        SELECT user_id, visible_from, delivered_up_to, read_up_to
        FROM chat_participants
        WHERE chat_id = @ChatId AND left_at IS NULL
        ORDER BY user_id
        """;

    private const string StatusesSql = """
        SELECT user_id, status, message_id, status_updated_at
        FROM message_status
        WHERE chat_id = @ChatId
        ORDER BY user_id, status, message_id
        """;

    private sealed record HeadRow
    {
        public long LastMessageId { get; init; }
        public string ChatType { get; init; } = "";
    }

    private sealed record MessageRow
    {
        public long MessageId { get; init; }
        public long SenderId { get; init; }
        public byte[] ClientMessageId { get; init; } = [];
        public string MessageType { get; init; } = "";
        public string? MessageText { get; init; }
    }

    private sealed record StatusRow
    {
        public long UserId { get; init; }
        public string Status { get; init; } = "";
        public long MessageId { get; init; }
        public DateTime StatusUpdatedAt { get; init; }
    }
}
