using System.Data.Common;
using System.Globalization;
using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Chats;

/// <summary>
/// Reads chat heads, a page of any size in two round trips: which chats they are, their heads, and where the reader was named; then what of
/// their newest messages is not held in memory, and what is unread or names the reader where that must be counted. There is no second one
/// where nothing is missing. The second holds the ids of the page as numbers, so that each part is a range of a primary key whatever the
/// optimizer believes. Its text is another for every page, so it goes to the driver directly: Dapper would remember each.
/// A further one is needed only where a chat's last message is hidden from the reader or has expired, one more each where somebody reacted to it,
/// and where it is a reply.
/// </summary>
public sealed class ChatHeadRepository(ChatDatabase database, RecentMessages? recent = null) : IChatHeadReader
{
    private readonly RecentMessages _recent = recent ?? RecentMessages.None;

    public Task<ChatHeadRow?> FindAsync(long chatId, long userId, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var heads = await ReadAsync(connection, FindSql, userId, ("@ChatId", chatId));
            return heads.SingleOrDefault();
        }, cancellationToken);

    private static readonly string FindSql = $"""
        {ChatHeadReading.Sql.Replace("{0}", "(SELECT chat_id FROM chats WHERE chat_id = @ChatId)", StringComparison.Ordinal)};
        SELECT chat_id, MAX(message_id) FROM message_mentions WHERE user_id = @UserId AND chat_id = @ChatId GROUP BY chat_id
        """;

    public Task<IReadOnlyList<ChatHeadRow>> ListAsync(long userId, ChatListPosition? after, int limit, CancellationToken cancellationToken) =>
        database.CatchUpAsync(
            connection => after is null
                ? ReadAsync(connection, ListFirstSql, userId, ("@Limit", limit))
                : ReadAsync(connection, ListNextSql, userId, ("@Limit", limit), ("@LastActivityAt", after.LastActivityAt), ("@ChatId", after.ChatId)),
            cancellationToken);

    private static readonly string ListFirstSql = ListSql("");

    private static readonly string ListNextSql = ListSql(AfterPosition);

    // The last mention of each chat is a jump within an index; whether it is unread the head tells.
    private static string ListSql(string position) => $"""
        {ChatHeadReading.Sql.Replace("{0}", PageSql.Replace("{0}", position, StringComparison.Ordinal), StringComparison.Ordinal)};
        SELECT chat_id, MAX(message_id) FROM message_mentions WHERE user_id = @UserId GROUP BY chat_id
        """;

    // Nobody keeps the order of a person's chats: each message would have to move a row for every member. So each page looks at all of them,
    // and at no more of each than an entry of an index and the chat's own row; where one stands in them is read for those of the page.
    // A chat in which all messages were withheld has none that moved last_message_at: it is there for their sender alone. Who that is stands
    // in a scalar sub-select, asked only of such chats: an EXISTS might be made a join with all messages.
    private const string PageSql = """
        (SELECT c.chat_id
          FROM chat_participants mine
          JOIN chats c ON c.chat_id = mine.chat_id
          WHERE mine.user_id = @UserId AND mine.left_at IS NULL
            AND (c.chat_type <> 'direct' OR c.last_message_at IS NOT NULL OR (
              SELECT m.sender_id FROM messages m WHERE m.chat_id = c.chat_id AND m.message_id = c.last_message_id) = @UserId)
            {0}
          ORDER BY COALESCE(c.last_message_at, c.created_at) DESC, c.chat_id DESC
          LIMIT @Limit)
        """;

    private const string AfterPosition = """
        AND (COALESCE(c.last_message_at, c.created_at) < @LastActivityAt
          OR (COALESCE(c.last_message_at, c.created_at) = @LastActivityAt AND c.chat_id < @ChatId))
        """;

    private async Task<IReadOnlyList<ChatHeadRow>> ReadAsync(
        DbConnection connection, string sql, long userId, params (string Name, object Value)[] parameters)
    {
        List<ReadHead> heads;
        Dictionary<long, long> mentioned;
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = sql;
            command.AddParameter("@UserId", userId);
            foreach (var (name, value) in parameters) command.AddParameter(name, value);
            await using var reader = await command.ExecuteReaderAsync();
            heads = await reader.ReadHeadsAsync();
            mentioned = await ReadNextNumbersAsync(reader);
        }
        if (heads.Count == 0) return [];
        var (tails, unread, mentions) = await ReadNewestAsync(connection, heads, mentioned, userId);
        var last = heads.Select(head => tails.TryGetValue(head.ChatId, out var tail) ? head.LastOf(tail) : null).ToList();
        await FindVisibleLastAsync(connection, heads, last, userId);
        var part = await ReadersPart.FindAsync(connection, userId, [.. last.OfType<MessageRow>()]);
        foreach (var (head, message) in heads.Zip(last))
        {
            head.Row.LastMessage = message is null ? null : part.On(message);
            head.Row.UnreadCount = head.IsCountedThere ? unread.GetValueOrDefault(head.ChatId) : tails.TryGetValue(head.ChatId, out var tail) ? head.CountUnread(tail, userId) : 0;
            head.Row.UnreadMentions = mentions.GetValueOrDefault(head.ChatId);
        }
        return [.. heads.Select(head => head.Row).OrderByDescending(row => row.LastActivityAt).ThenByDescending(row => row.ChatId)];
    }

    private sealed record Newest(Dictionary<long, IReadOnlyList<MessageRow>> Tails, Dictionary<long, long> Unread, Dictionary<long, long> Mentions);

    /// <summary>What is known of the newest messages; the rest in one round trip.</summary>
    private async Task<Newest> ReadNewestAsync(
        DbConnection connection, List<ReadHead> heads, Dictionary<long, long> mentioned, long userId)
    {
        var found = new Newest(new Dictionary<long, IReadOnlyList<MessageRow>>(heads.Count), [], []);
        var missing = new List<ReadHead>();
        foreach (var head in heads.Where(head => head.HasLast))
        {
            if (_recent.TryFind(head.ChatId, head.Version, head.TailFrom, out var tail)) found.Tails.Add(head.ChatId, tail);
            else missing.Add(head);
        }
        var unreadSql = UnreadCounts.Sql([.. heads.Where(head => head.IsCountedThere).Select(head => head.Position)], userId);
        var mentionsSql = mentioned.Count == 0 ? null : UnreadMentions.Sql(
            [.. heads.Where(head => head.HasUnreadMention(mentioned.GetValueOrDefault(head.ChatId))).Select(head => head.Position)], userId);
        if (missing.Count == 0 && unreadSql is null && mentionsSql is null) return found;

        await using var command = connection.CreateCommand();
        command.CommandText = string.Join(";\n", new[]
        {
            missing.Count == 0 ? null : RecentMessages.RangesOf(missing.Select(head => (head.ChatId, head.TailFrom, head.Version.LastMessageId))),
            unreadSql, mentionsSql,
        }.OfType<string>());
        await using var reader = await command.ExecuteReaderAsync();
        if (missing.Count > 0)
        {
            var rows = (await reader.ReadMessagesAsync()).ToLookup(row => row.ChatId);
            foreach (var head in missing)
            {
                var tail = rows[head.ChatId].ToArray();
                found.Tails.Add(head.ChatId, tail);
                _recent.Keep(head.ChatId, head.Version, head.TailFrom, tail);
            }
            if (unreadSql is not null || mentionsSql is not null) await reader.NextResultAsync();
        }
        var unread = unreadSql is null ? found.Unread : await ReadNumbersAsync(reader);
        var mentions = mentionsSql is null ? found.Mentions : unreadSql is null ? await ReadNumbersAsync(reader) : await ReadNextNumbersAsync(reader);
        return found with { Unread = unread, Mentions = mentions };
    }

    private static async Task<Dictionary<long, long>> ReadNextNumbersAsync(DbDataReader reader) =>
        await reader.NextResultAsync() ? await ReadNumbersAsync(reader) : [];

    /// <summary>Chats with a number each.</summary>
    private static async Task<Dictionary<long, long>> ReadNumbersAsync(DbDataReader reader)
    {
        var numbers = new Dictionary<long, long>();
        while (await reader.ReadAsync()) numbers.Add(reader.GetInt64(0), reader.GetInt64(1));
        return numbers;
    }

    // The last message of a chat is hidden from somebody only now and then, so the usual page does not pay for looking further back.
    private static async Task FindVisibleLastAsync(DbConnection connection, List<ReadHead> heads, List<MessageRow?> last, long userId)
    {
        var hidden = Enumerable.Range(0, heads.Count).Where(i => last[i] is null && heads[i].HasLast).ToList();
        if (hidden.Count == 0) return;
        await using var command = connection.CreateCommand();
        command.CommandText = string.Join("\nUNION ALL\n", hidden.Select(i => VisibleLastSql
            .Replace("{0}", heads[i].ChatId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", heads[i].Row.VisibleFrom.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        command.AddParameter("@UserId", userId);
        await using var reader = await command.ExecuteReaderAsync();
        var found = (await reader.ReadMessagesAsync()).ToDictionary(row => row.ChatId);
        foreach (var i in hidden) last[i] = found.GetValueOrDefault(heads[i].ChatId);
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
