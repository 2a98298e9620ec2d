using System.Globalization;
using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Data.Settings;
using Dapper;

namespace Chat.Data.Notifications;

public sealed partial class NotificationRepository
{
    // Of user_settings.notifications; all of them for who has set nothing.
    private const int Direct = (int)NotificationKinds.Messages;
    private const int Groups = (int)NotificationKinds.Groups;
    private const int Mentions = (int)NotificationKinds.Mentions;
    private const int Invites = (int)NotificationKinds.Invites;
    private const int Previews = (int)NotificationKinds.Previews;
    private static readonly int All = SettingsRow.Default.Notifications;

    public Task<IReadOnlyList<Notification>> FindReadersAsync(
        IReadOnlyList<MessageSpan> spans, DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<Notification>>(async connection =>
        {
            var sql = FindReadersSql.Replace("{0}", Newest(spans), StringComparison.Ordinal).Replace("{1}", SqlLiterals.Of(now), StringComparison.Ordinal);
            var readers = await connection.QueryAsync<ReaderRow>(UncachedSql.Of(sql, cancellationToken: cancellationToken));
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
            MAX((COALESCE(s.notifications, {{All}}) & {{Previews}}) <> 0) AS shows_preview
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
            AND (own.muted_until IS NULL OR own.muted_until <= {1})
            AND (COALESCE(s.notifications, {{All}}) & IF(c.chat_type = 'direct', {{Direct}}, {{Groups}})) <> 0
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
            var ranges = Ranges(spans, "named");
            // In most chats nobody is, and to plan the statement below costs more than to see that.
            var any = await connection.ExecuteScalarAsync<long?>(UncachedSql.Of(AnyMentionedSql.Replace("{0}", ranges, StringComparison.Ordinal), cancellationToken: cancellationToken));
            if (any is null) return [];
            var mentioned = await connection.QueryAsync<ReaderRow>(
                UncachedSql.Of(FindMentionedSql.Replace("{0}", ranges, StringComparison.Ordinal), cancellationToken: cancellationToken));
            return [.. mentioned.Select(row => new Notification(
                row.UserId, NotificationTypes.Mention, row.ChatId, row.MessageId, row.MessageId, row.SenderId, now, row.ShowsPreview))];
        }, cancellationToken);

    private const string AnyMentionedSql = "SELECT named.user_id FROM message_mentions named WHERE {0} LIMIT 1";

    private static readonly string FindMentionedSql = $$"""
        SELECT STRAIGHT_JOIN named.user_id, named.chat_id, named.message_id, m.sender_id, (COALESCE(s.notifications, {{All}}) & {{Previews}}) <> 0 AS shows_preview
        FROM message_mentions named
        JOIN messages m ON m.chat_id = named.chat_id AND m.message_id = named.message_id
        JOIN chats c ON c.chat_id = named.chat_id AND c.chat_type <> 'channel'
        JOIN chat_participants p ON p.chat_id = named.chat_id AND p.user_id = named.user_id AND p.left_at IS NULL
        LEFT JOIN user_settings s ON s.user_id = named.user_id
        WHERE ({0}) AND named.user_id <> m.sender_id AND m.deleted_at IS NULL AND {{MessageColumns.NotExpired}}
          AND m.message_id >= p.visible_from AND m.message_id > p.read_up_to
          AND (COALESCE(s.notifications, {{All}}) & {{Mentions}}) <> 0
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
            var wanting = (await connection.QueryAsync<InvitedRow>(
                UncachedSql.Of(FindInvitedSql.Replace("{0}", asked, StringComparison.Ordinal), cancellationToken: cancellationToken))).ToDictionary(row => (row.ChatId, row.UserId, row.ActorId));
            return
            [
                .. from item in news
                   from userId in item.UserIds
                   let row = wanting.GetValueOrDefault((item.ChatId, userId, item.ActorId))
                   where row is not null
                   select new Notification(userId, item.Kind, item.ChatId, item.SubjectId, item.MessageId, item.ActorId, now, row.ShowsPreview),
            ];
        }, cancellationToken);

    private static readonly string FindInvitedSql = $$"""
        SELECT asked.chat_id, asked.user_id, asked.actor_id, (COALESCE(s.notifications, {{All}}) & {{Previews}}) <> 0 AS shows_preview
        FROM ({0}) asked
        JOIN chat_participants p ON p.chat_id = asked.chat_id AND p.user_id = asked.user_id AND p.left_at IS NULL
        LEFT JOIN user_settings s ON s.user_id = asked.user_id
        WHERE (COALESCE(s.notifications, {{All}}) & {{Invites}}) <> 0
          AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.user_id = asked.user_id AND b.blocked_user_id = asked.actor_id)
        """;

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
