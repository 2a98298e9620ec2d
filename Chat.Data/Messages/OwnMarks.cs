using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>
/// What messages hold of the reader's own. Their rows say whether anybody reacted, so a page without reactions asks nothing, and any other
/// one statement: a look-up in the primary key for each such message.
/// </summary>
internal sealed class OwnMarks
{
    private static readonly OwnMarks None = new([]);

    private readonly Dictionary<(long ChatId, long MessageId), string> _reactions;

    private OwnMarks(Dictionary<(long ChatId, long MessageId), string> reactions) => _reactions = reactions;

    public static bool AreIn(IEnumerable<MessageRow> rows) => rows.Any(HasReactions);

    public static async Task<OwnMarks> FindAsync(DbConnection connection, long userId, IEnumerable<MessageRow> rows)
    {
        var sql = new StringBuilder();
        foreach (var row in rows.Where(HasReactions))
            sql.Append(sql.Length == 0 ? FindSql : " OR ").Append(
                CultureInfo.InvariantCulture, $"(chat_id = {row.ChatId} AND message_id = {row.MessageId} AND user_id = {userId})");
        if (sql.Length == 0) return None;

        // Another text for every page: to the driver directly, since Dapper would remember each.
        await using var command = connection.CreateCommand();
        command.CommandText = sql.ToString();
        await using var reader = await command.ExecuteReaderAsync();
        return new OwnMarks(reader.Parse<OwnReaction>().ToDictionary(own => (own.ChatId, own.MessageId), own => own.Emoji));
    }

    private const string FindSql = "SELECT chat_id, message_id, emoji FROM message_reactions FORCE INDEX (PRIMARY) WHERE ";

    public IReadOnlyList<MessageRow> On(IReadOnlyList<MessageRow> rows) => _reactions.Count == 0 ? rows : [.. rows.Select(On)];

    public MessageRow On(MessageRow row) =>
        _reactions.TryGetValue((row.ChatId, row.MessageId), out var emoji) ? row with { MyReaction = emoji } : row;

    private static bool HasReactions(MessageRow row) => row.Reactions is not null;

    private sealed record OwnReaction(long ChatId, long MessageId, string Emoji);
}
