using System.Globalization;
using System.Text;
using Chat.Data.Chats;
using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Notifications;

/// <inheritdoc/>
public sealed partial class NotificationRepository(ChatDatabase database) : INotificationStore
{
    private const int RowsPerStatement = 1000;

    public Task RaiseAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            // In the order of the key, so that two nodes never wait for each other crosswise.
            var sorted = notifications.OrderBy(n => n.UserId).ThenBy(n => n.ChatId).ThenBy(n => n.Kind, StringComparer.Ordinal).ThenBy(n => n.SubjectId);
            foreach (var some in sorted.Chunk(RowsPerStatement))
            {
                var values = new StringBuilder();
                var raisedAt = SqlLiterals.Of(some[0].RaisedAt);
                foreach (var row in some)
                    values.Append(values.Length == 0 ? "" : ",").Append(
                        CultureInfo.InvariantCulture,
                        $"({row.UserId},{row.ChatId},'{row.Kind}',{row.SubjectId},{(row.MessageId is { } id ? id : "NULL")},{row.ActorId},{raisedAt})");
                await connection.ExecuteAsync(UncachedSql.Of(
                    RaiseSql.Replace("{0}", values.ToString(), StringComparison.Ordinal), cancellationToken: cancellationToken));
            }
            return notifications.Count;
        }, cancellationToken);

    // Kinds stand in the text: they are constants of ours. What comes late from another node does not move a notification back.
    private const string RaiseSql = """
        INSERT INTO notifications (user_id, chat_id, kind, subject_id, message_id, actor_id, raised_at) VALUES {0}
        ON DUPLICATE KEY UPDATE
          actor_id = IF(COALESCE(VALUES(message_id), 0) >= COALESCE(message_id, 0), VALUES(actor_id), actor_id),
          raised_at = IF(COALESCE(VALUES(message_id), 0) >= COALESCE(message_id, 0), VALUES(raised_at), raised_at),
          read_at = IF(COALESCE(VALUES(message_id), 0) >= COALESCE(message_id, 0), NULL, read_at),
          message_id = IF(COALESCE(VALUES(message_id), 0) >= COALESCE(message_id, 0), VALUES(message_id), message_id)
        """;

    public Task<IReadOnlyList<UnreadNotificationRow>> ListUnreadAsync(
        long userId, NotificationPosition? before, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<UnreadNotificationRow>>(async connection =>
        {
            var rows = (await connection.QueryAsync<UnreadNotificationRow>(new CommandDefinition(
                before is null ? ListSql : ListNextSql,
                new { UserId = userId, before?.RaisedAt, before?.ChatId, before?.Kind, before?.SubjectId, Limit = limit },
                cancellationToken: cancellationToken))).AsList();
            var positions = rows.Where(row => row.Kind == NotificationTypes.Messages)
                .Select(row => new ReaderPosition(row.ChatId, row.VisibleFrom, row.ReadUpTo, row.LastMessageId, row.ChatType, row.Role)).ToList();
            if (positions.Count == 0 || UnreadCounts.Sql(positions, userId) is not { } sql) return rows;
            var unread = (await connection.QueryAsync<(long ChatId, long Count)>(UncachedSql.Of(sql, cancellationToken: cancellationToken))).ToDictionary(row => row.ChatId, row => row.Count);
            return [.. rows.Select(row => row.Kind == NotificationTypes.Messages ? row with { Unread = unread.GetValueOrDefault(row.ChatId) } : row)];
        }, cancellationToken);

    // What was read, deleted or hidden since, a chat that one has left, and a request that was answered are over without anybody saying so.
    private const string Unread = $"""
        SELECT n.kind, n.chat_id, n.subject_id, n.message_id, n.raised_at, n.actor_id, u.name AS actor_name, u.username AS actor_username,
          u.status AS actor_status, u.profile_picture_url AS actor_profile_picture_url, u.picture_media_id AS actor_picture_media_id,
          p.visible_from, p.read_up_to, c.last_message_id, c.chat_type, p.role
        FROM notifications n
        JOIN chat_participants p ON p.chat_id = n.chat_id AND p.user_id = n.user_id AND p.left_at IS NULL
        JOIN chats c ON c.chat_id = n.chat_id
        JOIN users u ON u.user_id = n.actor_id
        LEFT JOIN messages m ON m.chat_id = n.chat_id AND m.message_id = n.message_id
        WHERE n.user_id = @UserId AND n.read_at IS NULL
          AND (n.message_id IS NULL OR (
            m.deleted_at IS NULL AND m.message_id > p.read_up_to AND m.message_id >= p.visible_from AND {MessageColumns.NotHiddenFromUser}))
          AND (n.kind <> 'join_request' OR EXISTS (
            SELECT 1 FROM chat_join_requests r WHERE r.chat_id = n.chat_id AND r.user_id = n.subject_id))
        """;

    private const string NewestFirst = """
        ORDER BY n.raised_at DESC, n.chat_id DESC, n.kind DESC, n.subject_id DESC
        LIMIT @Limit
        """;

    private const string ListSql = $"""
        {Unread}
        {NewestFirst}
        """;

    private const string ListNextSql = $"""
        {Unread}
          AND (n.raised_at < @RaisedAt OR (n.raised_at = @RaisedAt AND (n.chat_id < @ChatId OR (n.chat_id = @ChatId
            AND (n.kind < @Kind OR (n.kind = @Kind AND n.subject_id < @SubjectId))))))
        {NewestFirst}
        """;

    public Task<int> MarkReadAsync(long userId, IReadOnlyList<long>? chatIds, DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(
                chatIds is null ? MarkAllSql : MarkSql, new { UserId = userId, ChatIds = chatIds, Now = now }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string MarkAllSql = "UPDATE notifications SET read_at = @Now WHERE user_id = @UserId AND read_at IS NULL";

    private const string MarkSql = $"{MarkAllSql} AND chat_id IN @ChatIds";

    public Task<int> DeleteRaisedBeforeAsync(DateTime time, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(
                DeleteSql, new { Time = time, Limit = limit }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string DeleteSql = "DELETE FROM notifications WHERE raised_at < @Time ORDER BY raised_at LIMIT @Limit";
}
