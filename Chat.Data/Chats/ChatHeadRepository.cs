using System.Data.Common;
using Dapper;

namespace Chat.Data.Chats;

/// <summary>
/// Reads chat heads. A page is two statements whatever its size: the page's chats are chosen and joined, then what is unread in them is counted.
/// </summary>
public sealed class ChatHeadRepository(ChatDatabase database) : IChatHeadReader
{
    public Task<ChatHeadRow?> FindAsync(long chatId, long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var rows = await ReadAsync(connection, FindSql, new { ChatId = chatId, UserId = userId }, userId);
            return rows.SingleOrDefault();
        }, cancellationToken);

    private const string FindSql = $"""
        {HeadColumns}
        FROM (
          SELECT chat_id FROM chat_participants WHERE chat_id = @ChatId AND user_id = @UserId AND left_at IS NULL
        ) page
        {HeadJoins}
        """;

    public Task<IReadOnlyList<ChatHeadRow>> ListAsync(long userId, ChatListPosition? after, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => ReadAsync(
                connection,
                after is null ? ListFirstSql : ListNextSql,
                new { UserId = userId, Limit = limit, after?.LastActivityAt, after?.ChatId },
                userId),
            cancellationToken);

    private const string ListFirstSql = $"""
        {HeadColumns}
        FROM (
          {PageOfChats}
          ORDER BY COALESCE(c.last_message_at, c.created_at) DESC, c.chat_id DESC
          LIMIT @Limit
        ) page
        {HeadJoins}
        ORDER BY last_activity_at DESC, c.chat_id DESC
        """;

    private const string ListNextSql = $"""
        {HeadColumns}
        FROM (
          {PageOfChats}
            AND (COALESCE(c.last_message_at, c.created_at) < @LastActivityAt
              OR (COALESCE(c.last_message_at, c.created_at) = @LastActivityAt AND c.chat_id < @ChatId))
          ORDER BY COALESCE(c.last_message_at, c.created_at) DESC, c.chat_id DESC
          LIMIT @Limit
        ) page
        {HeadJoins}
        ORDER BY last_activity_at DESC, c.chat_id DESC
        """;

    private const string PageOfChats = """
        SELECT p.chat_id
        FROM chat_participants p
        JOIN chats c ON c.chat_id = p.chat_id
        WHERE p.user_id = @UserId AND p.left_at IS NULL AND (c.chat_type <> 'direct' OR c.last_message_id > 0)
        """;

    // Each sub-select is a range of one chat's rows in a primary key.
    private const string HeadColumns = """
        SELECT c.chat_id, c.chat_type, c.chat_name, me.role, c.created_at, c.last_message_id,
          COALESCE(c.last_message_at, c.created_at) AS last_activity_at,
          me.visible_from, me.delivered_up_to, me.read_up_to,
          (SELECT COUNT(*) FROM chat_participants o
            WHERE o.chat_id = c.chat_id AND o.left_at IS NULL) AS member_count,
          COALESCE((SELECT MIN(o.delivered_up_to) FROM chat_participants o
            WHERE o.chat_id = c.chat_id AND o.left_at IS NULL AND o.user_id <> @UserId), c.last_message_id) AS others_delivered_up_to,
          COALESCE((SELECT MIN(o.read_up_to) FROM chat_participants o
            WHERE o.chat_id = c.chat_id AND o.left_at IS NULL AND o.user_id <> @UserId), c.last_message_id) AS others_read_up_to,
          m.message_id, COALESCE(m.sender_id, 0) AS sender_id, m.client_message_id, m.message_type, m.message_text, m.body, m.sent_at,
          peer.user_id AS peer_user_id, peer.name AS peer_name, peer.username AS peer_username, peer.status AS peer_status,
          peer.profile_picture_url AS peer_profile_picture_url
        """;

    private const string HeadJoins = """
        JOIN chats c ON c.chat_id = page.chat_id
        JOIN chat_participants me ON me.chat_id = c.chat_id AND me.user_id = @UserId
        LEFT JOIN messages m ON m.chat_id = c.chat_id AND m.message_id = c.last_message_id AND m.message_id >= me.visible_from
        LEFT JOIN chat_participants other ON c.chat_type = 'direct' AND other.chat_id = c.chat_id AND other.user_id <> @UserId
        LEFT JOIN users peer ON peer.user_id = other.user_id
        """;

    private static async Task<IReadOnlyList<ChatHeadRow>> ReadAsync(DbConnection connection, string sql, object parameters, long userId)
    {
        var heads = (await connection.QueryAsync<ChatHeadRow>(sql, parameters)).AsList();
        return await UnreadCounts.AddAsync(connection, heads, userId);
    }
}
