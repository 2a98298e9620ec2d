using Dapper;

namespace Chat.Server.Tests.Support;

/// <summary>What a database holds as a whole: two equal pictures mean that nothing was written in between.</summary>
internal static class WholeDatabase
{
    /// <summary>What jobs write behind the messages, a little later and by themselves: the search index, and who does a job.</summary>
    private static readonly string[] OfJobs = ["job_leases", "search_documents", "search_positions", "search_terms"];

    /// <summary>A line for each table: its name, rows, and the checksum over all of its columns.</summary>
    public static async Task<IReadOnlyList<string>> PictureAsync(this TestDatabase database)
    {
        var tables = await database.ListAsync<string>("""
            SELECT CONVERT(table_name USING utf8mb4) FROM information_schema.tables
            WHERE table_schema = DATABASE() ORDER BY table_name
            """);
        var picture = new List<string>();
        foreach (var table in tables.Except(OfJobs))
        {
            var rows = await database.ScalarAsync<long>($"SELECT COUNT(*) FROM {table}");
            // People who come and go are noted in users.last_seen, a little later and by themselves.
            if (table == "users")
            {
                picture.Add($"{table}: {rows} rows");
                continue;
            }
            var checksum = await database.Database.QueryAsync(async connection =>
            {
                var row = (IDictionary<string, object>)await connection.QuerySingleAsync($"CHECKSUM TABLE {table}");
                return row["Checksum"];
            }, CancellationToken.None);
            picture.Add($"{table}: {rows} rows, checksum {checksum}");
        }
        return picture;
    }
}
