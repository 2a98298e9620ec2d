using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>
/// The heads of messages that others answer, as one reader may see them: nothing of what is deleted, hidden from the reader (withheld ones are),
/// or from before the reader joined. A page without replies asks nothing, any other one statement: look-ups in primary keys.
/// </summary>
internal sealed class Quotes
{
    private static readonly Quotes None = new([]);

    private readonly Dictionary<(long ChatId, long MessageId), QuotedHead> _heads;

    private Quotes(Dictionary<(long ChatId, long MessageId), QuotedHead> heads) => _heads = heads;

    public static bool AreIn(IEnumerable<MessageRow> rows) => rows.Any(row => AnsweredBy(row) is not null);

    public static async Task<Quotes> FindAsync(DbConnection connection, long userId, IEnumerable<MessageRow> rows)
    {
        var asked = new StringBuilder();
        foreach (var chat in rows.Select(row => (row.ChatId, MessageId: AnsweredBy(row))).Where(q => q.MessageId is not null).Distinct().GroupBy(q => q.ChatId))
            asked.Append(asked.Length == 0 ? "" : " OR ")
                .Append(CultureInfo.InvariantCulture, $"(m.chat_id = {chat.Key} AND m.message_id IN (").AppendJoin(',', chat.Select(q => q.MessageId)).Append("))");
        if (asked.Length == 0) return None;

        // Another text for every page: to the driver directly, since Dapper would remember each.
        await using var command = connection.CreateCommand();
        command.CommandText = FindSql.Replace("{0}", asked.ToString(), StringComparison.Ordinal);
        command.AddParameter("@UserId", userId);
        await using var reader = await command.ExecuteReaderAsync();
        return new Quotes(reader.Parse<QuotedRow>().ToDictionary(row => (row.ChatId, row.MessageId), row => row.ToHead()));
    }

    // {0}: the messages, as numbers, so that they are look-ups in the primary key whatever the optimizer believes.
    private const string FindSql = $$"""
        SELECT m.chat_id, m.message_id, m.sender_id, m.message_type, LEFT(m.message_text, 140) AS message_text
        FROM messages m FORCE INDEX (PRIMARY)
        JOIN chat_participants me ON me.chat_id = m.chat_id AND me.user_id = @UserId AND me.left_at IS NULL AND me.visible_from <= m.message_id
        WHERE m.deleted_at IS NULL AND ({0}) AND {{MessageColumns.NotHiddenFromUser}}
        """;

    public MessageRow On(MessageRow row) =>
        _heads.Count > 0 && AnsweredBy(row) is { } messageId && _heads.TryGetValue((row.ChatId, messageId), out var head)
            ? row with { Quoted = head }
            : row;

    private static long? AnsweredBy(MessageRow row) =>
        // Few messages have a body, and fewer answer another.
        row.Body is { } body && !row.IsSystem && body.Contains("\"replyTo\":", StringComparison.Ordinal) ? MessageBody.Read(body)!.ReplyTo : null;

    private sealed record QuotedRow(long ChatId, long MessageId, long SenderId, string MessageType, string? MessageText)
    {
        public QuotedHead ToHead() => new(MessageId, SenderId, MessageType, QuotedHead.Cut(MessageText));
    }
}
