using Dapper;

namespace Chat.Data.Presence;

/// <inheritdoc/>
public sealed class LastSeenRepository(ChatDatabase database) : ILastSeenStore
{
    public Task SetAsync(IReadOnlyCollection<long> userIds, DateTime lastSeen, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(SetSql, new { UserIds = userIds.Order(), LastSeen = lastSeen }), cancellationToken);

    private const string SetSql = """
        UPDATE users SET last_seen = @LastSeen
        WHERE user_id IN @UserIds AND deleted_at IS NULL AND (last_seen IS NULL OR last_seen < @LastSeen)
        """;

    public Task<IReadOnlyDictionary<long, DateTime?>> FindVisibleAsync(
        long viewerId, IReadOnlyCollection<long> userIds, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyDictionary<long, DateTime?>>(async connection =>
        {
            var rows = await connection.QueryAsync<LastSeenRow>(FindVisibleSql, new { ViewerId = viewerId, UserIds = userIds });
            return rows.ToDictionary(row => row.UserId, row => row.LastSeen);
        }, cancellationToken);

    // From the few users asked about to the viewer: each step is a look-up in a key. To read the same channel is not to know each other.
    private const string FindVisibleSql = """
        SELECT u.user_id, u.last_seen
        FROM users u
        WHERE u.user_id IN @UserIds AND EXISTS (
          SELECT 1
          FROM chat_participants theirs
          JOIN chat_participants mine ON mine.chat_id = theirs.chat_id AND mine.user_id = @ViewerId AND mine.left_at IS NULL
          JOIN chats c ON c.chat_id = theirs.chat_id AND c.chat_type <> 'channel'
          WHERE theirs.user_id = u.user_id AND theirs.left_at IS NULL)
        """;

    private sealed record LastSeenRow(long UserId, DateTime? LastSeen);
}
