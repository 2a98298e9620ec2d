using System.Data.Common;
using Chat.Data;
using Dapper;

namespace Chat.Bench.Servers;

/// <summary>The tables of the naive server: <c>naive_chats</c>, <c>naive_participants</c>, <c>naive_messages</c>.</summary>
internal sealed class NaiveStore(ChatDatabase database)
{
    private const string CreateTablesSql = """
        CREATE TABLE naive_chats (
          chat_id         BIGINT      NOT NULL,
          last_message_id BIGINT      NOT NULL DEFAULT 0,
          last_message_at DATETIME(6) NULL,
          PRIMARY KEY (chat_id)
        ) ENGINE=InnoDB;
        CREATE TABLE naive_participants (
          chat_id BIGINT NOT NULL,
          user_id BIGINT NOT NULL,
          PRIMARY KEY (user_id, chat_id)
        ) ENGINE=InnoDB;
        CREATE TABLE naive_messages (
          message_id        BIGINT      NOT NULL AUTO_INCREMENT,
          chat_id           BIGINT      NOT NULL,
          sender_id         BIGINT      NOT NULL,
          client_message_id BINARY(16)  NOT NULL,
          message_text      TEXT        NOT NULL,
          sent_at           DATETIME(6) NOT NULL,
          PRIMARY KEY (message_id),
          KEY ix_naive_messages_chat (chat_id, message_id)
        ) ENGINE=InnoDB;
        """;

    private const string AddChatSql = "INSERT INTO naive_chats (chat_id) VALUES (@ChatId)";

    private const string AddParticipantSql = "INSERT INTO naive_participants (chat_id, user_id) VALUES (@ChatId, @UserId)";

    /// <summary>Makes the tables in an empty database, with these chats.</summary>
    public Task CreateAsync(IEnumerable<(long ChatId, IReadOnlyList<long> UserIds)> chats, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(CreateTablesSql, transaction: transaction);
                foreach (var (chatId, userIds) in chats)
                {
                    await connection.ExecuteAsync(AddChatSql, new { ChatId = chatId }, transaction);
                    await connection.ExecuteAsync(
                        AddParticipantSql, userIds.Select(userId => new { ChatId = chatId, UserId = userId }), transaction);
                }
                return true;
            },
            cancellationToken);

    private const string ListChatIdsSql = "SELECT chat_id FROM naive_participants WHERE user_id = @UserId";

    public Task<HashSet<long>> ListChatIdsAsync(long userId) =>
        database.QueryAsync(
            async connection => (await connection.QueryAsync<long>(ListChatIdsSql, new { UserId = userId })).ToHashSet(),
            CancellationToken.None);

    private const string InsertSql = """
        INSERT INTO naive_messages (chat_id, sender_id, client_message_id, message_text, sent_at)
        VALUES (@ChatId, @SenderId, @ClientMessageId, @Text, @SentAt);
        SELECT LAST_INSERT_ID();
        """;

    private const string MoveHeadSql = """
        UPDATE naive_chats SET last_message_id = @MessageId, last_message_at = @SentAt WHERE chat_id = @ChatId
        """;

    public Task<long> AddAsync(long chatId, long senderId, Guid clientMessageId, string text, DateTime sentAt) =>
        database.InTransactionAsync(
            (connection, transaction) => AddAsync(connection, transaction, chatId, senderId, clientMessageId, text, sentAt),
            CancellationToken.None);

    private static async Task<long> AddAsync(
        DbConnection connection, DbTransaction transaction,
        long chatId, long senderId, Guid clientMessageId, string text, DateTime sentAt)
    {
        var messageId = await connection.ExecuteScalarAsync<long>(
            InsertSql,
            new { ChatId = chatId, SenderId = senderId, ClientMessageId = clientMessageId.ToByteArray(bigEndian: true), Text = text, SentAt = sentAt },
            transaction);
        await connection.ExecuteAsync(MoveHeadSql, new { ChatId = chatId, MessageId = messageId, SentAt = sentAt }, transaction);
        return messageId;
    }
}
