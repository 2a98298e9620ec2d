using System.Globalization;
using System.Text;

namespace Chat.Data.Chats;

/// <summary>
/// Counts where a participant is named above their read mark, for many chats in one statement: ranges of the primary key of the few messages
/// that name the reader, whatever lies between them. The bounds stand in the text as numbers, as in <see cref="UnreadCounts"/>.
/// </summary>
internal static class UnreadMentions
{
    // So many are looked at in all: somebody who is named more often than that costs no more, and is not told the exact number.
    private const string CountSql = """
        SELECT chat_id, COUNT(*) FROM (
          SELECT n.chat_id FROM message_mentions n FORCE INDEX (PRIMARY) WHERE n.user_id = {0} AND ({1}) LIMIT 10000) unread
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
            ranges.Append(ranges.Length == 0 ? "" : " OR ")
                .Append(CultureInfo.InvariantCulture, $"(n.chat_id = {position.ChatId} AND n.message_id > {readUpTo})");
        }
        if (ranges.Length == 0) return null;
        return CountSql
            .Replace("{0}", userId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", ranges.ToString(), StringComparison.Ordinal);
    }
}
