using Dapper;

namespace Chat.Data.Search;

/// <inheritdoc/>
public sealed class NameSearchRepository(ChatDatabase database) : INameSearch
{
    public Task<IReadOnlyList<FoundChatRow>> FindChatsAsync(long userId, string text, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<FoundChatRow>>(
            async connection => (await connection.QueryAsync<FoundChatRow>(new CommandDefinition(
                FindChatsSql, Parameters(userId, text, limit), cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    // A direct chat shows once something was said in it that the reader sees, as in the list of chats.
    private const string FindChatsSql = """
        SELECT c.chat_id, c.chat_type, c.chat_name, c.picture_media_id, peer.user_id AS peer_user_id, peer.name AS peer_name, peer.username AS peer_username,
          peer.status AS peer_status, peer.profile_picture_url AS peer_profile_picture_url, peer.picture_media_id AS peer_picture_media_id,
          k.contact_name
        FROM chat_participants p
        JOIN chats c ON c.chat_id = p.chat_id
        LEFT JOIN chat_participants other ON c.chat_type = 'direct' AND other.chat_id = c.chat_id AND other.user_id <> p.user_id
        LEFT JOIN users peer FORCE INDEX (PRIMARY) ON peer.user_id = other.user_id
        LEFT JOIN contacts k ON k.user_id = p.user_id AND k.contact_user_id = peer.user_id
        WHERE p.user_id = @UserId AND p.left_at IS NULL
          AND (c.chat_type <> 'direct' OR c.last_message_at IS NOT NULL OR EXISTS (
            SELECT 1 FROM messages m WHERE m.chat_id = c.chat_id AND m.message_id = c.last_message_id AND m.sender_id = @UserId))
          AND (c.chat_name LIKE @Containing ESCAPE '!' OR peer.name LIKE @Containing ESCAPE '!'
            OR k.contact_name LIKE @Containing ESCAPE '!' OR peer.username LIKE @Beginning ESCAPE '!')
        ORDER BY COALESCE(c.last_message_at, c.created_at) DESC, c.chat_id DESC
        LIMIT @Limit
        """;

    public Task<IReadOnlyList<FoundPersonRow>> FindPeopleAsync(long userId, string text, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<FoundPersonRow>>(
            async connection => (await connection.QueryAsync<FoundPersonRow>(new CommandDefinition(
                FindPeopleSql, Parameters(userId, text, limit), cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    // In a channel people do not see each other. How many people a chat holds, and so how many one knows, the optimizer takes from the average of
    // all chats: one large channel, and it would rather read all users and all chats than those of the reader. STRAIGHT_JOIN and FORCE INDEX.
    private const string FindPeopleSql = """
        SELECT STRAIGHT_JOIN u.user_id, u.name, u.username, u.status, u.profile_picture_url, u.picture_media_id, k.contact_name
        FROM (
          SELECT contact_user_id AS user_id FROM contacts WHERE user_id = @UserId
          UNION
          SELECT STRAIGHT_JOIN o.user_id
          FROM chat_participants me
          JOIN chats c FORCE INDEX (PRIMARY) ON c.chat_id = me.chat_id AND c.chat_type <> 'channel'
          JOIN chat_participants o FORCE INDEX (PRIMARY) ON o.chat_id = me.chat_id AND o.left_at IS NULL
          WHERE me.user_id = @UserId AND me.left_at IS NULL
          UNION
          SELECT user_id FROM users WHERE username = @Username
        ) known
        JOIN users u FORCE INDEX (PRIMARY) ON u.user_id = known.user_id
        LEFT JOIN contacts k FORCE INDEX (PRIMARY) ON k.user_id = @UserId AND k.contact_user_id = u.user_id
        WHERE u.user_id <> @UserId AND u.deleted_at IS NULL
          AND (u.name LIKE @Containing ESCAPE '!' OR k.contact_name LIKE @Containing ESCAPE '!' OR u.username LIKE @Beginning ESCAPE '!')
        ORDER BY k.contact_user_id IS NULL, COALESCE(k.contact_name, u.name), u.user_id
        LIMIT @Limit
        """;

    private static object Parameters(long userId, string text, int limit)
    {
        // Usernames are stored in lower case, and an @ before one is how people write them.
        var username = (text.StartsWith('@') ? text[1..] : text).ToLowerInvariant();
        return new
        {
            UserId = userId, Limit = limit, Username = username,
            Containing = LikePatterns.Containing(text), Beginning = LikePatterns.BeginningWith(username),
        };
    }
}
