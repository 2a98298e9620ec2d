using System.Data.Common;

namespace Chat.Data.Messages;

/// <summary>Reads rows of <see cref="MessageColumns.OfM"/> column by column, for what is read most: a mapper puts each value into a box first.</summary>
internal static class MessageReading
{
    /// <summary>All rows of the present result.</summary>
    public static async Task<List<MessageRow>> ReadMessagesAsync(this DbDataReader reader)
    {
        var rows = new List<MessageRow>();
        while (await reader.ReadAsync()) rows.Add(Message(reader));
        return rows;
    }

    private static MessageRow Message(DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), (byte[])row.GetValue(3), row.GetString(4), row.Text(5), row.Text(6), row.Utc(7),
        row.GetInt64(8), row.UtcOrNull(9), row.UtcOrNull(10), row.Text(11), row.UtcOrNull(12), row.UtcOrNull(13));

    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? Number(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>DATETIME columns hold UTC; not every driver says so by itself.</summary>
    public static DateTime Utc(this DbDataReader row, int column) => DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc);

    public static DateTime? UtcOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Utc(column);
}
