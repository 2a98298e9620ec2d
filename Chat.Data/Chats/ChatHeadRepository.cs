using System.Data.Common;
using System.Globalization;
using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Chats;

/// <summary>
/// Reads chat heads, a page of any size in two round trips: which chats they are and where the reader stands in each; then their heads, their
/// other participants' marks, what is unread, and where the reader is named in it. The second holds the ids of the page as numbers, so that each part is a range of a primary
/// key whatever the optimizer believes. Its text is another for every page, so it goes to the driver directly: Dapper would remember each.
/// A third one is needed only where a chat's last message is hidden from the reader or has expired, one more each where somebody reacted to it,
/// and where it is a reply.
/// </summary>
public sealed class ChatHeadRepository(ChatDatabase database) : IChatHeadReader
{
    public Task<ChatHeadRow?> FindAsync(long chatId, long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var heads = await ReadAsync(connection, FindSql, new { ChatId = chatId, UserId = userId }, userId);
            return heads.SingleOrDefault();
        }, cancellationToken);

    private const string FindSql = """
        SELECT p.chat_id, p.visible_from, p.read_up_to, c.last_message_id, c.chat_type, p.role
        FROM chat_participants p
        JOIN chats c ON c.chat_id = p.chat_id
        WHERE p.chat_id = @ChatId AND p.user_id = @UserId AND p.left_at IS NULL
        """;

    public Task<IReadOnlyList<ChatHeadRow>> ListAsync(long userId, ChatListPosition? after, int limit, CancellationToken cancellationToken) =>
        database.CatchUpAsync(
            connection => ReadAsync(
                connection,
                after is null ? ListFirstSql : ListNextSql,
                new { UserId = userId, Limit = limit, after?.LastActivityAt, after?.ChatId },
                userId),
            cancellationToken);

    private static readonly string ListFirstSql = ListSql.Replace("{0}", "", StringComparison.Ordinal);

    private static readonly string ListNextSql = ListSql.Replace("{0}", AfterPosition, StringComparison.Ordinal);

    // Nobody keeps the order of a person's chats: each message would have to move a row for every member. So each page looks at all of them,
    // and at no more of each than an entry of an index and the chat's own row; where one stands in them is read for those of the page.
    // A chat in which all messages were withheld has none that moved last_message_at: it is there for their sender alone. Who that is stands
    // in a scalar sub-select, asked only of such chats: an EXISTS might be made a join with all messages.
    private const string ListSql = """
        SELECT p.chat_id, p.visible_from, p.read_up_to, page.last_message_id, page.chat_type, p.role
        FROM (
          SELECT c.chat_id, c.last_message_id, c.chat_type
          FROM chat_participants mine
          JOIN chats c ON c.chat_id = mine.chat_id
          WHERE mine.user_id = @UserId AND mine.left_at IS NULL
            AND (c.chat_type <> 'direct' OR c.last_message_at IS NOT NULL OR (
              SELECT m.sender_id FROM messages m WHERE m.chat_id = c.chat_id AND m.message_id = c.last_message_id) = @UserId)
            {0}
          ORDER BY COALESCE(c.last_message_at, c.created_at) DESC, c.chat_id DESC
          LIMIT @Limit) page
        JOIN chat_participants p ON p.chat_id = page.chat_id AND p.user_id = @UserId
        """;

    private const string AfterPosition = """
        AND (COALESCE(c.last_message_at, c.created_at) < @LastActivityAt
          OR (COALESCE(c.last_message_at, c.created_at) = @LastActivityAt AND c.chat_id < @ChatId))
        """;

    private static async Task<IReadOnlyList<ChatHeadRow>> ReadAsync(DbConnection connection, string sql, object parameters, long userId)
    {
        var positions = (await connection.QueryAsync<ReaderPosition>(sql, parameters)).AsList();
        return positions.Count == 0 ? [] : await ReadHeadsAsync(connection, positions, userId);
    }

    // The peer is looked for by a key that is null where there is none: a condition on the chat's type would be asked of each participant.
    // How many rows such a key finds the optimizer cannot know. It guesses so many that it would rather read all users once: FORCE INDEX.
    // {0}: the reader, {1}: the chats, {2}: those whose participants are counted, which are all but channels.
    private const string HeadsSql = $$"""
        SELECT c.chat_id, c.chat_type, c.chat_name, c.description, c.picture_media_id, me.role, c.created_at, c.last_message_id, c.last_change_id,
          c.username, c.signatures, c.subscriber_count, c.default_permissions, rights.allowed, me.silenced_until, c.slow_mode_seconds, c.disappear_seconds,
          COALESCE(c.last_message_at, c.created_at) AS last_activity_at, me.last_hide_id,
          h.message_id IS NOT NULL OR NOT {{MessageColumns.NotExpired}} AS last_is_hidden,
          me.visible_from, me.delivered_up_to, me.read_up_to,
          m.message_id, COALESCE(m.sender_id, 0) AS sender_id, m.client_message_id, m.message_type, m.message_text, m.body, m.sent_at,
          COALESCE(m.last_change_id, 0) AS message_change_id, m.edited_at, m.deleted_at, m.reactions, m.pinned_at, m.expires_at,
          peer.user_id AS peer_user_id, peer.name AS peer_name, peer.username AS peer_username, peer.status AS peer_status,
          peer.profile_picture_url AS peer_profile_picture_url, peer.picture_media_id AS peer_picture_media_id,
          own.muted_until, own.pin_position, COALESCE(own.archived, 0) AS archived, COALESCE(own.marked_unread, 0) AS marked_unread,
          own.draft, COALESCE(own.version, 0) AS settings_version
        FROM chats c
        JOIN chat_participants me ON me.chat_id = c.chat_id AND me.user_id = {0} AND me.left_at IS NULL
        LEFT JOIN permissions rights ON rights.chat_id = c.chat_id AND rights.user_id = {0}
        LEFT JOIN hidden_messages h ON h.chat_id = c.chat_id AND h.user_id = {0} AND h.message_id = c.last_message_id
        LEFT JOIN messages m ON m.chat_id = c.chat_id AND m.message_id = c.last_message_id AND m.message_id >= me.visible_from
          AND h.message_id IS NULL
        LEFT JOIN chat_participants other ON other.chat_id = IF(c.chat_type = 'direct', c.chat_id, NULL)
          AND (other.user_id <> {0} OR c.direct_key = '{0}:{0}')
        LEFT JOIN users peer FORCE INDEX (PRIMARY) ON peer.user_id = other.user_id
        LEFT JOIN chat_settings own ON own.user_id = {0} AND own.chat_id = c.chat_id
        WHERE c.chat_id IN ({1});
        SELECT chat_id, COUNT(*) AS member_count,
          MIN(CASE WHEN user_id <> {0} THEN delivered_up_to END) AS delivered_up_to,
          MIN(CASE WHEN user_id <> {0} THEN read_up_to END) AS read_up_to
        FROM chat_participants FORCE INDEX (PRIMARY)
        WHERE chat_id IN ({2}) AND left_at IS NULL
        GROUP BY chat_id
        """;

    private static async Task<IReadOnlyList<ChatHeadRow>> ReadHeadsAsync(
        DbConnection connection, IReadOnlyList<ReaderPosition> positions, long userId)
    {
        var unreadSql = UnreadCounts.Sql(positions, userId);
        var mentionsSql = UnreadMentions.Sql(positions, userId);
        await using var command = connection.CreateCommand();
        command.CommandText = HeadsSql
            .Replace("{0}", userId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", string.Join(',', positions.Select(p => p.ChatId)), StringComparison.Ordinal)
            .Replace("{2}", string.Join(',', positions.Where(p => !p.IsChannel).Select(p => p.ChatId).DefaultIfEmpty()), StringComparison.Ordinal)
            + (unreadSql is null ? "" : $";\n{unreadSql}") + (mentionsSql is null ? "" : $";\n{mentionsSql}");
        await using var reader = await command.ExecuteReaderAsync();

        var heads = reader.Parse<ChatHeadRow>().ToList();
        await reader.NextResultAsync();
        var others = reader.Parse<OthersRow>().ToDictionary(row => row.ChatId);
        var unread = unreadSql is null ? [] : await ReadCountsAsync(reader);
        var mentions = mentionsSql is null ? [] : await ReadCountsAsync(reader);

        await reader.CloseAsync();
        if (heads.Any(head => head.LastIsHidden)) heads = await WithVisibleLastAsync(connection, heads, userId);
        heads = await WithReadersPartAsync(connection, heads, userId);

        return
        [
            .. heads.OrderByDescending(head => head.LastActivityAt).ThenByDescending(head => head.ChatId)
                .Select(head => head.With(others.GetValueOrDefault(head.ChatId), unread.GetValueOrDefault(head.ChatId), mentions.GetValueOrDefault(head.ChatId))),
        ];
    }

    /// <summary>The next result: chats with a number each.</summary>
    private static async Task<Dictionary<long, long>> ReadCountsAsync(DbDataReader reader)
    {
        var counts = new Dictionary<long, long>();
        if (await reader.NextResultAsync())
            while (await reader.ReadAsync()) counts.Add(reader.GetInt64(0), reader.GetInt64(1));
        return counts;
    }

    private static async Task<List<ChatHeadRow>> WithReadersPartAsync(DbConnection connection, List<ChatHeadRow> heads, long userId)
    {
        var last = heads.Select(head => head.LastMessage).OfType<MessageRow>().ToList();
        if (!ReadersPart.IsIn(last)) return heads;
        var part = await ReadersPart.FindAsync(connection, userId, last);
        return
        [
            .. heads.Select(head => head.LastMessage is { } message && part.On(message) is { } read
                ? head with { MyReaction = read.MyReaction, MyVotes = read.MyVotes, Quoted = read.Quoted, Views = read.Views }
                : head),
        ];
    }

    // The last message of a chat is hidden from somebody only now and then, so the usual page does not pay for looking further back.
    private static async Task<List<ChatHeadRow>> WithVisibleLastAsync(DbConnection connection, List<ChatHeadRow> heads, long userId)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = string.Join("\nUNION ALL\n", heads.Where(head => head.LastIsHidden).Select(head => VisibleLastSql
            .Replace("{0}", head.ChatId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", head.VisibleFrom.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        var user = command.CreateParameter();
        (user.ParameterName, user.Value) = ("@UserId", userId);
        command.Parameters.Add(user);
        await using var reader = await command.ExecuteReaderAsync();
        var last = reader.Parse<MessageRow>().ToDictionary(row => row.ChatId);
        return [.. heads.Select(head => !head.LastIsHidden ? head : head.WithLast(last.GetValueOrDefault(head.ChatId)))];
    }

    // {0}: the chat, {1}: what the reader sees from.
    private const string VisibleLastSql = $$"""
        (SELECT {{MessageColumns.OfM}}
        FROM messages m
        WHERE m.chat_id = {0} AND m.message_id >= {1} AND {{MessageColumns.NotHiddenFromUser}}
        ORDER BY m.message_id DESC
        LIMIT 1)
        """;
}
