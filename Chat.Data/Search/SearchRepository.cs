using System.Data.Common;
using System.Globalization;
using System.Text;
using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Search;

/// <inheritdoc/>
/// <param name="replica">Takes the search itself off the primary, where there is one.</param>
public sealed class SearchRepository(ChatDatabase database, ReadReplica? replica = null) : ISearchReader
{
    /// <summary>Chats that one search looks into.</summary>
    public const int MaxChats = 1000;

    private const int ChatsPerStatement = 100;

    /// <summary>Newer than whatever there is.</summary>
    private static readonly SearchPosition Latest = new(new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc), long.MaxValue, long.MaxValue);

    public async Task<SearchPage?> FindInChatAsync(
        long userId, long chatId, SearchQuery query, long beforeMessageId, int limit, CancellationToken cancellationToken)
    {
        var chat = await database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<SearchedChat?>(FindChatSql, new { ChatId = chatId, UserId = userId }), cancellationToken);
        if (chat is null) return null;
        var found = await FindCandidatesAsync(new Search(userId, query, Latest, beforeMessageId, limit + 1), [chat], cancellationToken);
        return await ReadAsync(userId, query, found, limit, cancellationToken);
    }

    private const string FindChatSql = """
        SELECT chat_id, visible_from FROM chat_participants WHERE chat_id = @ChatId AND user_id = @UserId AND left_at IS NULL
        """;

    public async Task<SearchPage> FindAsync(
        long userId, SearchQuery query, SearchPosition? before, int limit, CancellationToken cancellationToken)
    {
        var chats = await database.QueryAsync(
            async connection => (await connection.QueryAsync<SearchedChat>(ListChatsSql, new { UserId = userId, Limit = MaxChats })).AsList(),
            cancellationToken);
        var search = new Search(userId, query, before ?? Latest, long.MaxValue, limit + 1);
        var found = new List<Candidate>();
        foreach (var some in chats.Chunk(ChatsPerStatement)) found.AddRange(await FindCandidatesAsync(search, some, cancellationToken));
        found.Sort((a, b) => b.CompareTo(a));
        return await ReadAsync(userId, query, found, limit, cancellationToken);
    }

    private const string ListChatsSql = """
        SELECT p.chat_id, p.visible_from
        FROM chat_participants p
        JOIN chats c ON c.chat_id = p.chat_id
        WHERE p.user_id = @UserId AND p.left_at IS NULL AND c.last_message_id >= p.visible_from
        ORDER BY COALESCE(c.last_message_at, c.created_at) DESC
        LIMIT @Limit
        """;

    private async Task<IReadOnlyList<Candidate>> FindCandidatesAsync(
        Search search, IReadOnlyList<SearchedChat> chats, CancellationToken cancellationToken)
    {
        if (replica is not null
            && await replica.TryReadAsync<IReadOnlyList<Candidate>>(async (connection, _) => await search.RunAsync(connection, chats), cancellationToken) is { } read)
            return read;
        return await database.QueryAsync(connection => search.RunAsync(connection, chats), cancellationToken);
    }

    /// <summary>The page itself, from the primary: it says what the reader may see, and whether a message still has the words.</summary>
    private async Task<SearchPage> ReadAsync(
        long userId, SearchQuery query, IReadOnlyList<Candidate> found, int limit, CancellationToken cancellationToken)
    {
        var page = found.Take(limit).ToList();
        if (page.Count == 0) return new SearchPage([], null);
        var rows = await database.QueryAsync(async connection =>
        {
            var read = await ReadVisibleAsync(connection, userId, page);
            return (await ReadersPart.FindAsync(connection, userId, read)).On(read);
        }, cancellationToken);
        var byId = rows.Where(row => query.Matches(row.MessageText ?? "")).ToDictionary(row => (row.ChatId, row.MessageId));
        var messages = page.Select(hit => byId.GetValueOrDefault((hit.ChatId, hit.MessageId))).OfType<MessageRow>().ToList();
        return new SearchPage(messages, found.Count > limit ? page[^1].Position : null);
    }

    private const string ReadVisibleSql = $"""
        SELECT {MessageColumns.OfM}
        FROM messages m
        JOIN chat_participants me ON me.chat_id = m.chat_id AND me.user_id = @UserId AND me.left_at IS NULL
        WHERE m.message_id >= me.visible_from AND m.deleted_at IS NULL AND {MessageColumns.NotHiddenFromUser} AND (
        """;

    private static async Task<IReadOnlyList<MessageRow>> ReadVisibleAsync(DbConnection connection, long userId, List<Candidate> hits)
    {
        // Another text for every page: to the driver directly, since Dapper would remember each.
        var sql = new StringBuilder(ReadVisibleSql).AppendJoin(" OR ", hits.Select(hit => string.Create(
            CultureInfo.InvariantCulture, $"(m.chat_id = {hit.ChatId} AND m.message_id = {hit.MessageId})"))).Append(')');
        await using var command = connection.CreateCommand();
        command.CommandText = sql.ToString();
        command.AddParameter("@UserId", userId);
        await using var reader = await command.ExecuteReaderAsync();
        return reader.Parse<MessageRow>().ToList();
    }

    private sealed record Search(long UserId, SearchQuery Query, SearchPosition Before, long BeforeMessageId, int Limit)
    {
        public async Task<IReadOnlyList<Candidate>> RunAsync(DbConnection connection, IReadOnlyList<SearchedChat> chats)
        {
            // Added one by one: what Dapper compiles for an object's properties it remembers for each text, whatever the command says.
            var parameters = new DynamicParameters();
            parameters.Add("UserId", UserId);
            parameters.Add("SentAt", Before.SentAt);
            parameters.Add("ChatId", Before.ChatId);
            parameters.Add("MessageId", Before.MessageId);
            parameters.Add("BeforeMessageId", BeforeMessageId);
            parameters.Add("Limit", Limit);
            var sql = CandidateSql.Write(chats is [var chat] ? await RarestFirstAsync(connection, chat.ChatId) : Query, chats, parameters);
            return (await connection.QueryAsync<Candidate>(UncachedSql.Of(sql, parameters: parameters))).AsList();
        }

        /// <summary>In one chat, which may be large, it matters with which word one begins: every message with that one is looked at.</summary>
        private async Task<SearchQuery> RarestFirstAsync(DbConnection connection, long chatId)
        {
            if (Query.Whole.Count < 2) return Query;
            var terms = Query.Whole.Take(SearchQuery.MaxIndexedTerms).ToList();
            var parameters = new DynamicParameters(new { ChatId = chatId });
            for (var i = 0; i < terms.Count; i++) parameters.Add(string.Create(CultureInfo.InvariantCulture, $"Term{i}"), terms[i]);
            var sql = string.Join("\nUNION ALL\n", terms.Select((_, i) => CountSql.Replace("{0}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));
            var counts = (await connection.QueryAsync<TermCount>(sql, parameters)).ToDictionary(row => row.Term, row => row.Messages);
            return Query.BeginningWith(terms.MinBy(term => counts.GetValueOrDefault(term))!);
        }

        // {0}: which word. Above a thousand messages a word is common, however many there are.
        private const string CountSql = """
            SELECT @Term{0} AS term, COUNT(*) AS messages
            FROM (SELECT 1 FROM search_terms WHERE chat_id = @ChatId AND term = @Term{0} LIMIT 1000) found{0}
            """;

        private sealed record TermCount(string Term, long Messages);
    }

    private sealed record Candidate(long ChatId, long MessageId, DateTime SentAt) : IComparable<Candidate>
    {
        public SearchPosition Position => new(SentAt, ChatId, MessageId);

        public int CompareTo(Candidate? other) =>
            (SentAt, ChatId, MessageId).CompareTo((other!.SentAt, other.ChatId, other.MessageId));
    }
}
