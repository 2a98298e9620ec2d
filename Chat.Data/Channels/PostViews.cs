using System.Data.Common;
using System.Globalization;
using System.Text;
using Chat.Data.Messages;

namespace Chat.Data.Channels;

/// <summary>How many have seen posts of channels: read where somebody reads, one statement a page, and none where no message is a post.</summary>
internal sealed class PostViews
{
    private static readonly PostViews None = new([]);

    private readonly Dictionary<(long ChatId, long MessageId), long> _views;

    private PostViews(Dictionary<(long ChatId, long MessageId), long> views) => _views = views;

    public static bool AreIn(IEnumerable<MessageRow> rows) => rows.Any(row => row.IsPost);

    public static async Task<PostViews> FindAsync(DbConnection connection, IEnumerable<MessageRow> rows)
    {
        var sql = new StringBuilder();
        foreach (var row in rows.Where(row => row.IsPost))
            sql.Append(sql.Length == 0 ? FindSql : " OR ").Append(
                CultureInfo.InvariantCulture, $"(chat_id = {row.ChatId} AND message_id = {row.MessageId})");
        if (sql.Length == 0) return None;

        // Another text for every page: to the driver directly, since Dapper would remember each.
        await using var command = connection.CreateCommand();
        command.CommandText = sql.ToString();
        await using var reader = await command.ExecuteReaderAsync();
        var views = new Dictionary<(long, long), long>();
        while (await reader.ReadAsync()) views[(reader.GetInt64(0), reader.GetInt64(1))] = reader.GetInt64(2);
        return new PostViews(views);
    }

    private const string FindSql = "SELECT chat_id, message_id, views FROM channel_posts FORCE INDEX (PRIMARY) WHERE ";

    public IReadOnlyList<MessageRow> On(IReadOnlyList<MessageRow> rows) => _views.Count == 0 ? rows : [.. rows.Select(On)];

    public MessageRow On(MessageRow row) => _views.TryGetValue((row.ChatId, row.MessageId), out var views) ? row with { Views = views } : row;
}
