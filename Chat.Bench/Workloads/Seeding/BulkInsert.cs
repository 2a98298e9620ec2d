using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Chat.Bench.Workloads.Seeding;

/// <summary>Fills tables by many rows a statement, past the server.</summary>
internal static class BulkInsert
{
    private const int RowsPerStatement = 1000;
    public const int TimeoutSeconds = 300;

    /// <param name="insert">Up to and with <c>VALUES</c>.</param>
    /// <param name="append">Writes the values of one row, in brackets.</param>
    public static async Task RunAsync<T>(
        DbConnection connection, string insert, IEnumerable<T> rows, Action<StringBuilder, T> append, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder();
        foreach (var chunk in rows.Chunk(RowsPerStatement))
        {
            sql.Clear().Append(insert);
            for (var i = 0; i < chunk.Length; i++)
            {
                if (i > 0) sql.Append(',');
                append(sql, chunk[i]);
            }
            await using var command = connection.CreateCommand();
            command.CommandText = sql.ToString();
            command.CommandTimeout = TimeoutSeconds;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public static string Literal(DateTime at) => $"'{at.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'";
}
