using System.Globalization;
using System.Text;
using Chat.Data.Messages;
using Dapper;

namespace Chat.Data.Search;

internal sealed record SearchedChat(long ChatId, long VisibleFrom);

/// <summary>
/// The statement that asks the index: for each chat a part of its own, that is a range of the primary key and stops at the limit. Chats
/// stand in it as numbers, for the optimizer's sake; words are parameters.
/// </summary>
internal static class CandidateSql
{
    // {0}: the chat, {1}: from what the reader sees, {2}: DISTINCT where a message may come several times, {3}: the condition on the word,
    // {4}: the join of the document, {5}: the conditions on further words. The order of the tables is told: the optimizer, who believes
    // that a chat has few messages, would begin with all of them.
    private const string OfChat = $$"""
        (SELECT STRAIGHT_JOIN {2} t.chat_id, t.message_id, m.sent_at
        FROM search_terms t{4}
        JOIN messages m ON m.chat_id = t.chat_id AND m.message_id = t.message_id
        WHERE t.chat_id = {0} AND {3} AND t.message_id >= {1} AND t.message_id < @BeforeMessageId
          AND m.deleted_at IS NULL AND m.sent_at <= @SentAt
          AND (m.sent_at < @SentAt OR m.chat_id < @ChatId OR (m.chat_id = @ChatId AND m.message_id < @MessageId))
          AND {{MessageColumns.NotHiddenFromUser}}{5}
        ORDER BY t.message_id DESC
        LIMIT @Limit)
        """;

    private const string Document = """

        JOIN search_documents d ON d.chat_id = t.chat_id AND d.message_id = t.message_id
        """;

    public static string Write(SearchQuery query, IReadOnlyList<SearchedChat> chats, DynamicParameters parameters)
    {
        // With a whole word the index hands out ids in their order; with a beginning alone, all words that begin so are read and sorted.
        var byPrefix = query.Whole.Count == 0;
        var first = byPrefix ? "t.term >= @First AND t.term < @FirstEnd" : "t.term = @First";
        parameters.Add("First", byPrefix ? query.Prefix : query.Whole[0]);
        if (byPrefix) parameters.Add("FirstEnd", query.Prefix + char.ConvertFromUtf32(0x10FFFF));

        var more = new StringBuilder();
        var patterns = query.Whole.Skip(1).Take(SearchQuery.MaxIndexedTerms - 1).Select(term => $"% {term} %")
            .Concat(byPrefix || query.Prefix is null ? [] : [$"% {query.Prefix}%"]);
        foreach (var pattern in patterns)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"More{more.Length}");
            parameters.Add(name, pattern);
            more.Append(CultureInfo.InvariantCulture, $" AND d.terms LIKE @{name}");
        }
        var ofChat = OfChat
            .Replace("{2}", byPrefix ? "DISTINCT" : "", StringComparison.Ordinal)
            .Replace("{3}", first, StringComparison.Ordinal)
            .Replace("{4}", more.Length > 0 ? Document : "", StringComparison.Ordinal)
            .Replace("{5}", more.ToString(), StringComparison.Ordinal);
        return string.Join("\nUNION ALL\n", chats.Select(chat => ofChat
            .Replace("{0}", chat.ChatId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", chat.VisibleFrom.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));
    }
}
