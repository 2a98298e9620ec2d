using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>
/// What messages hold of the reader's own. Their rows say whether anybody reacted and which are polls, so a page without either asks nothing, and any
/// other one statement: a look-up in the primary key for each such message.
/// </summary>
internal sealed class OwnMarks
{
    private static readonly OwnMarks None = new([]);

    private readonly Dictionary<(long ChatId, long MessageId), OwnMark> _marks;

    private OwnMarks(Dictionary<(long ChatId, long MessageId), OwnMark> marks) => _marks = marks;

    public static bool AreIn(IEnumerable<MessageRow> rows) => rows.Any(row => HasReactions(row) || IsPoll(row));

    public static async Task<OwnMarks> FindAsync(DbConnection connection, long userId, IEnumerable<MessageRow> rows)
    {
        var found = rows as IReadOnlyCollection<MessageRow> ?? [.. rows];
        var sql = string.Join("\nUNION ALL\n", new[]
        {
            Select(FindReactionsSql, found.Where(HasReactions), userId), Select(FindVotesSql, found.Where(IsPoll), userId),
        }.OfType<string>());
        if (sql.Length == 0) return None;

        // Another text for every page: to the driver directly, since Dapper would remember each.
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        // A message may have both: a poll that people also react to.
        return new OwnMarks(reader.Parse<OwnMark>().GroupBy(own => (own.ChatId, own.MessageId)).ToDictionary(
            own => own.Key, own => new OwnMark { Emoji = own.Max(mark => mark.Emoji), Options = own.Max(mark => mark.Options) }));
    }

    /// <returns>Null without messages.</returns>
    private static string? Select(string select, IEnumerable<MessageRow> rows, long userId)
    {
        var sql = new StringBuilder();
        foreach (var row in rows)
            sql.Append(sql.Length == 0 ? select : " OR ").Append(
                CultureInfo.InvariantCulture, $"(chat_id = {row.ChatId} AND message_id = {row.MessageId} AND user_id = {userId})");
        return sql.Length == 0 ? null : sql.ToString();
    }

    private const string FindReactionsSql = "SELECT chat_id, message_id, emoji, 0 AS options FROM message_reactions FORCE INDEX (PRIMARY) WHERE ";

    private const string FindVotesSql = "SELECT chat_id, message_id, NULL AS emoji, options FROM poll_votes FORCE INDEX (PRIMARY) WHERE ";

    public IReadOnlyList<MessageRow> On(IReadOnlyList<MessageRow> rows) => _marks.Count == 0 ? rows : [.. rows.Select(On)];

    public MessageRow On(MessageRow row) =>
        _marks.TryGetValue((row.ChatId, row.MessageId), out var own) ? row with { MyReaction = own.Emoji, MyVotes = own.Options } : row;

    private static bool HasReactions(MessageRow row) => row.Reactions is not null;

    private static bool IsPoll(MessageRow row) => row.MessageType == "poll" && row.DeletedAt is null;

    private sealed record OwnMark
    {
        public long ChatId { get; init; }
        public long MessageId { get; init; }
        public string? Emoji { get; init; }
        public int Options { get; init; }
    }
}
