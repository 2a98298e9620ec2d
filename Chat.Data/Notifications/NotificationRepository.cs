using System.Globalization;
using System.Text;
using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Data.Settings;
using Dapper;

namespace Chat.Data.Notifications;

/// <inheritdoc/>
public sealed class NotificationRepository(ChatDatabase database) : INotificationStore
{
    private const int RowsPerStatement = 1000;

    public Task<IReadOnlyList<Notification>> FindReadersAsync(
        IReadOnlyList<MessageSpan> spans, DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<Notification>>(async connection =>
        {
            var command = Uncached(FindReadersSql.Replace("{0}", Newest(spans), StringComparison.Ordinal), new
            {
                Now = now, Direct = (int)NotificationKinds.Messages, Groups = (int)NotificationKinds.Groups,
                Previews = (int)NotificationKinds.Previews, All = SettingsRow.Default.Notifications,
            }, cancellationToken);
            var readers = await connection.QueryAsync<ReaderRow>(command);
            return [.. readers.Select(row => new Notification(
                row.UserId, NotificationTypes.Messages, row.ChatId, SubjectId: 0, row.MessageId, row.SenderId, now, row.ShowsPreview))];
        }, cancellationToken);

    // A read without locks: neither sends nor marks wait for it. Of each sender only the newest message meets the participants, who may be a
    // thousand; where it is deleted by now, or has expired, the one before it does. It comes first (STRAIGHT_JOIN): an optimizer that begins
    // with the chats looks messages up by chat alone, and reads each of them from its first message on.
    private static readonly string FindReadersSql = $$"""
        SELECT found.user_id, found.chat_id, found.message_id, last.sender_id, found.shows_preview
        FROM (
          SELECT STRAIGHT_JOIN p.user_id, m.chat_id, MAX(m.message_id) AS message_id,
            MAX((COALESCE(s.notifications, @All) & @Previews) <> 0) AS shows_preview
          FROM (
            SELECT newest.chat_id, newest.sender_id, IF(newest.deleted_at IS NULL AND newest.expires_at IS NULL, newest.message_id, (
              SELECT MAX(m.message_id) FROM messages m FORCE INDEX (PRIMARY)
              WHERE m.chat_id = newest.chat_id AND m.message_id BETWEEN newest.message_id - {{MessageSpan.MaxBack}} AND newest.message_id
                AND m.sender_id = newest.sender_id AND m.message_type <> 'system' AND m.deleted_at IS NULL AND {{MessageColumns.NotExpired}}
            )) AS message_id
            FROM messages newest FORCE INDEX (PRIMARY)
            WHERE {0}
          ) m
          JOIN chats c ON c.chat_id = m.chat_id AND c.chat_type <> 'channel'
          JOIN chat_participants p FORCE INDEX (PRIMARY) ON p.chat_id = m.chat_id AND p.left_at IS NULL AND p.user_id <> m.sender_id
          LEFT JOIN chat_settings own ON own.user_id = p.user_id AND own.chat_id = p.chat_id
          LEFT JOIN user_settings s ON s.user_id = p.user_id
          WHERE m.message_id >= p.visible_from AND m.message_id > p.read_up_to
            AND (own.muted_until IS NULL OR own.muted_until <= @Now)
            AND (COALESCE(s.notifications, @All) & IF(c.chat_type = 'direct', @Direct, @Groups)) <> 0
            AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = p.user_id AND b.blocked_user_id = m.sender_id)
            AND NOT EXISTS (
              SELECT 1 FROM hidden_messages h WHERE h.chat_id = m.chat_id AND h.user_id = p.user_id AND h.message_id = m.message_id)
          GROUP BY p.user_id, m.chat_id
        ) found
        JOIN messages last ON last.chat_id = found.chat_id AND last.message_id = found.message_id
        """;

    public Task<IReadOnlyList<Notification>> FindMentionedAsync(
        IReadOnlyList<MessageSpan> spans, DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<Notification>>(async connection =>
        {
            var command = Uncached(FindMentionedSql.Replace("{0}", Ranges(spans, "named"), StringComparison.Ordinal), new
            {
                Mentions = (int)NotificationKinds.Mentions, Previews = (int)NotificationKinds.Previews, All = SettingsRow.Default.Notifications,
            }, cancellationToken);
            var mentioned = await connection.QueryAsync<ReaderRow>(command);
            return [.. mentioned.Select(row => new Notification(
                row.UserId, NotificationTypes.Mention, row.ChatId, row.MessageId, row.MessageId, row.SenderId, now, row.ShowsPreview))];
        }, cancellationToken);

    private const string FindMentionedSql = $$"""
        SELECT STRAIGHT_JOIN named.user_id, named.chat_id, named.message_id, m.sender_id, (COALESCE(s.notifications, @All) & @Previews) <> 0 AS shows_preview
        FROM message_mentions named
        JOIN messages m ON m.chat_id = named.chat_id AND m.message_id = named.message_id
        JOIN chats c ON c.chat_id = named.chat_id AND c.chat_type <> 'channel'
        JOIN chat_participants p ON p.chat_id = named.chat_id AND p.user_id = named.user_id AND p.left_at IS NULL
        LEFT JOIN user_settings s ON s.user_id = named.user_id
        WHERE ({0}) AND named.user_id <> m.sender_id AND m.deleted_at IS NULL AND {{MessageColumns.NotExpired}}
          AND m.message_id >= p.visible_from AND m.message_id > p.read_up_to
          AND (COALESCE(s.notifications, @All) & @Mentions) <> 0
          AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = named.user_id AND b.blocked_user_id = m.sender_id)
          AND NOT EXISTS (
            SELECT 1 FROM hidden_messages h
            WHERE h.chat_id = named.chat_id AND h.user_id = named.user_id AND h.message_id = named.message_id)
        """;

    private static string Newest(IReadOnlyList<MessageSpan> spans) => string.Join(" OR ", spans.Select(span => string.Create(
        CultureInfo.InvariantCulture, $"(newest.chat_id = {span.ChatId} AND newest.message_id IN ({string.Join(',', span.Newest)}))")));

    /// <summary>Spans as a condition. As numbers: each chat is a range of a key then.</summary>
    private static string Ranges(IReadOnlyList<MessageSpan> spans, string table) => string.Join(" OR ", spans.Select(span => string.Create(
        CultureInfo.InvariantCulture,
        $"({table}.chat_id = {span.ChatId} AND {table}.message_id BETWEEN {span.First} AND {span.Last})")));

    public Task<IReadOnlyList<Notification>> FindInvitedAsync(
        IReadOnlyList<ChatNews> news, DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<Notification>>(async connection =>
        {
            var pairs = news.SelectMany(item => item.UserIds.Select(userId => (item.ChatId, UserId: userId, item.ActorId))).Distinct();
            var asked = string.Join(" UNION ALL ", pairs.Select(pair => string.Create(
                CultureInfo.InvariantCulture, $"SELECT {pair.ChatId} AS chat_id, {pair.UserId} AS user_id, {pair.ActorId} AS actor_id")));
            var command = Uncached(FindInvitedSql.Replace("{0}", asked, StringComparison.Ordinal), new
            {
                Invites = (int)NotificationKinds.Invites, Previews = (int)NotificationKinds.Previews, All = SettingsRow.Default.Notifications,
            }, cancellationToken);
            var wanting = (await connection.QueryAsync<InvitedRow>(command)).ToDictionary(row => (row.ChatId, row.UserId, row.ActorId));
            return
            [
                .. from item in news
                   from userId in item.UserIds
                   let row = wanting.GetValueOrDefault((item.ChatId, userId, item.ActorId))
                   where row is not null
                   select new Notification(userId, item.Kind, item.ChatId, item.SubjectId, item.MessageId, item.ActorId, now, row.ShowsPreview),
            ];
        }, cancellationToken);

    private const string FindInvitedSql = """
        SELECT asked.chat_id, asked.user_id, asked.actor_id, (COALESCE(s.notifications, @All) & @Previews) <> 0 AS shows_preview
        FROM ({0}) asked
        JOIN chat_participants p ON p.chat_id = asked.chat_id AND p.user_id = asked.user_id AND p.left_at IS NULL
        LEFT JOIN user_settings s ON s.user_id = asked.user_id
        WHERE (COALESCE(s.notifications, @All) & @Invites) <> 0
          AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = asked.user_id AND b.blocked_user_id = asked.actor_id)
        """;

    public Task RaiseAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            // In the order of the key, so that two nodes never wait for each other crosswise.
            var sorted = notifications.OrderBy(n => n.UserId).ThenBy(n => n.ChatId).ThenBy(n => n.Kind, StringComparer.Ordinal).ThenBy(n => n.SubjectId);
            foreach (var some in sorted.Chunk(RowsPerStatement))
            {
                var values = new StringBuilder();
                foreach (var row in some)
                    values.Append(values.Length == 0 ? "" : ",").Append(
                        CultureInfo.InvariantCulture,
                        $"({row.UserId},{row.ChatId},'{row.Kind}',{row.SubjectId},{(row.MessageId is { } id ? id : "NULL")},{row.ActorId},@Now)");
                await connection.ExecuteAsync(Uncached(
                    RaiseSql.Replace("{0}", values.ToString(), StringComparison.Ordinal), new { Now = some[0].RaisedAt }, cancellationToken));
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
            var unread = (await connection.QueryAsync<(long ChatId, long Count)>(Uncached(sql, null, cancellationToken))).ToDictionary(row => row.ChatId, row => row.Count);
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

    /// <summary>Another text nearly every time: Dapper would remember each.</summary>
    private static CommandDefinition Uncached(string sql, object? parameters, CancellationToken cancellationToken) =>
        new(sql, parameters, flags: CommandFlags.Buffered | CommandFlags.NoCache, cancellationToken: cancellationToken);

    // Not by constructors: the two databases give the result of a comparison different types.
    private sealed record ReaderRow
    {
        public long UserId { get; init; }

        public long ChatId { get; init; }

        public long MessageId { get; init; }

        public long SenderId { get; init; }

        public bool ShowsPreview { get; init; }
    }

    private sealed record InvitedRow
    {
        public long ChatId { get; init; }

        public long UserId { get; init; }

        public long ActorId { get; init; }

        public bool ShowsPreview { get; init; }
    }
}
