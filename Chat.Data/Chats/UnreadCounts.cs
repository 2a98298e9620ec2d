using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Chat.Data.Chats;

/// <summary>
/// Counts what a participant has not read, for many chats in one statement. The bounds stand in the text as numbers: a bound
/// that came from another table's row would be no range to the optimizer, which would then read each chat from its beginning.
/// The text is built per page, so it goes to the driver directly: Dapper would remember each of them.
/// </summary>
internal static class UnreadCounts
{
    /// <summary>Ids above the mark that are looked at. Nobody needs to know whether it is 1,000 or more.</summary>
    private const int MaxIds = 1000;

    private const string CountSql = """
        SELECT chat_id, COUNT(*) FROM messages FORCE INDEX (PRIMARY)
        WHERE sender_id <> {0} AND message_type <> 'system' AND ({1})
        GROUP BY chat_id
        """;

    /// <returns>The heads, with their counts.</returns>
    public static async Task<IReadOnlyList<ChatHeadRow>> AddAsync(DbConnection connection, IReadOnlyList<ChatHeadRow> heads, long userId)
    {
        var ranges = new StringBuilder();
        foreach (var head in heads)
        {
            var readUpTo = Math.Max(head.ReadUpTo, head.VisibleFrom - 1);
            if (readUpTo >= head.LastMessageId) continue;
            ranges.Append(ranges.Length == 0 ? "" : " OR ").Append(
                CultureInfo.InvariantCulture,
                $"(chat_id = {head.ChatId} AND message_id > {readUpTo} AND message_id <= {readUpTo + MaxIds})");
        }
        if (ranges.Length == 0) return heads;

        var sql = CountSql
            .Replace("{0}", userId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", ranges.ToString(), StringComparison.Ordinal);
        var counts = await ReadAsync(connection, sql);
        return [.. heads.Select(head => head with { UnreadCount = counts.GetValueOrDefault(head.ChatId) })];
    }

    private static async Task<Dictionary<long, long>> ReadAsync(DbConnection connection, string sql)
    {
        var counts = new Dictionary<long, long>();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) counts[reader.GetInt64(0)] = reader.GetInt64(1);
        return counts;
    }
}
