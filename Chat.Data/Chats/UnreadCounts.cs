using System.Globalization;
using System.Text;

namespace Chat.Data.Chats;

/// <summary>
/// Counts what a participant has not read, for many chats in one statement. The bounds stand in the text as numbers: a bound
/// that came from another table's row would be no range to the optimizer, which would then read each chat from its beginning.
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

    /// <returns>A statement that gives chat ids with their counts, where that is not 0; null when nothing is unread.</returns>
    public static string? Sql(IReadOnlyList<ReaderPosition> positions, long userId)
    {
        var ranges = new StringBuilder();
        foreach (var position in positions)
        {
            var readUpTo = Math.Max(position.ReadUpTo, position.VisibleFrom - 1);
            if (readUpTo >= position.LastMessageId) continue;
            ranges.Append(ranges.Length == 0 ? "" : " OR ").Append(
                CultureInfo.InvariantCulture,
                $"(chat_id = {position.ChatId} AND message_id > {readUpTo} AND message_id <= {readUpTo + MaxIds})");
        }
        if (ranges.Length == 0) return null;
        return CountSql
            .Replace("{0}", userId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", ranges.ToString(), StringComparison.Ordinal);
    }
}
