using System.Data.Common;
using MySql.Data.MySqlClient;

namespace Chat.Data;

/// <summary>The twin of Chat.Data/MySqlDriver.cs for feeds that hold only MySql.Data 8.0.16.</summary>
internal static class MySqlDriver
{
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static DbDataSource CreateDataSource(string connectionString)
    {
        var settings = new MySqlConnectionStringBuilder(connectionString)
        {
            // MySqlConnector understands both; this driver wants to be told.
            CharacterSet = "utf8mb4",
            SslMode = MySqlSslMode.None,
            ConnectionReset = false,
        };
        return new DataSource(settings.ConnectionString);
    }

    private sealed class DataSource(string connectionString) : DbDataSource
    {
        public override string ConnectionString => connectionString;

        protected override DbConnection CreateDbConnection() => new MySqlConnection(connectionString);
    }
}
