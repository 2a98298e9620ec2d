using System.Globalization;
using System.Text;
using Chat.Data.Messages;

namespace Chat.Data.Chats;

/// <summary>
/// Counts what a participant has not read, for many chats in one statement. The bounds stand in the text as numbers: a bound
/// that came from another table's row would be no range to the optimizer, which would then read each chat from its beginning.
/// </summary>
internal static class UnreadCounts
{
    /// <summary>Ids above the mark that are looked at. Nobody needs to know whether it is 1,000 or more.</summary>
    private const int MaxIds = 1000;

    private const string CountSql = $$"""
        SELECT m.chat_id, COUNT(*) FROM messages m FORCE INDEX (PRIMARY)
        WHERE m.sender_id <> {0} AND m.message_type <> 'system' AND m.deleted_at IS NULL AND {{MessageColumns.NotExpired}} AND ({1})
          AND NOT EXISTS (
            SELECT 1 FROM hidden_messages h WHERE h.chat_id = m.chat_id AND h.user_id = {0} AND h.message_id = m.message_id)
          {2}
        GROUP BY m.chat_id
        """;

    // A channel's posts do not say who wrote them; only those who run it can have written one.
    private const string NotOwnPostSql = """
        AND NOT EXISTS (
            SELECT 1 FROM channel_posts own WHERE own.chat_id = m.chat_id AND own.message_id = m.message_id AND own.author_id = {0})
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
                $"(m.chat_id = {position.ChatId} AND m.message_id > {readUpTo} AND m.message_id <= {readUpTo + MaxIds})");
        }
        if (ranges.Length == 0) return null;
        return CountSql
            .Replace("{2}", positions.Any(p => p.IsChannel && p.Role != "member") ? NotOwnPostSql : "", StringComparison.Ordinal)
            .Replace("{0}", userId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", ranges.ToString(), StringComparison.Ordinal);
    }
}
