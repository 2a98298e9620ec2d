using System.Data.Common;
using System.Globalization;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>
/// Who may see messages that are sent again: fewer people, perhaps, than are in the chat by now. Some came after the first send, some have
/// hidden the message since.
/// </summary>
internal static class RepeatReaders
{
    // A crowd that comes back repeats much, and of nearly all of it everybody in the chat sees everything: of such messages there is no row, whatever
    // the number of participants; two look-ups in keys tell. Nor is there of a channel.
    private const string ReadersSql = $$"""
        SELECT m.chat_id, m.message_id, p.user_id, p.visible_from <= m.message_id AND h.message_id IS NULL AND {{MessageColumns.NotExpired}} AS sees
        FROM messages m
        JOIN chats c ON c.chat_id = m.chat_id AND c.chat_type <> 'channel'
        JOIN chat_participants p ON p.chat_id = m.chat_id AND p.left_at IS NULL
        LEFT JOIN hidden_messages h ON h.chat_id = m.chat_id AND h.user_id = p.user_id AND h.message_id = m.message_id
        WHERE ({0}) AND (
          EXISTS (SELECT 1 FROM chat_participants late WHERE late.chat_id = m.chat_id AND late.visible_from > m.message_id AND late.left_at IS NULL)
          OR EXISTS (SELECT 1 FROM hidden_messages hidden WHERE hidden.chat_id = m.chat_id AND hidden.message_id = m.message_id)
          OR NOT {{MessageColumns.NotExpired}})
        """;

    /// <returns>Those who see it, for each message that somebody present does not.</returns>
    public static async Task<IReadOnlyDictionary<(long ChatId, long MessageId), IReadOnlyList<long>>> FindAsync(
        DbConnection connection, IReadOnlyCollection<MessageRow> messages, int commandTimeoutSeconds)
    {
        if (messages.Count == 0) return new Dictionary<(long, long), IReadOnlyList<long>>();
        var condition = string.Join(" OR ", messages.Select(m =>
            string.Create(CultureInfo.InvariantCulture, $"(m.chat_id = {m.ChatId} AND m.message_id = {m.MessageId})")));
        var rows = await connection.QueryAsync<ReaderRow>(UncachedSql.Of(
            ReadersSql.Replace("{0}", condition, StringComparison.Ordinal), timeoutSeconds: commandTimeoutSeconds));
        return rows.GroupBy(row => (row.ChatId, row.MessageId)).Where(readers => readers.Any(row => !row.Sees))
            .ToDictionary(readers => readers.Key, readers => (IReadOnlyList<long>)[.. readers.Where(row => row.Sees).Select(row => row.UserId)]);
    }

    private sealed record ReaderRow
    {
        public long ChatId { get; init; }

        public long MessageId { get; init; }

        public long UserId { get; init; }

        public bool Sees { get; init; }
    }
}
