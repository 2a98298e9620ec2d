using System.Data.Common;
using Dapper;
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

        // This driver tells the server to answer in each column's own character set, and then cannot read utf8mb3. Even the
        // SHOW WARNINGS that it sends by itself after a statement with a warning is in utf8mb3: an asynchronous call then never returns.
        private const string AnswerInUtf8mb4Sql = "SET character_set_results = utf8mb4";
        private const string PrepareSql = $"{AnswerInUtf8mb4Sql}; {SessionSettings.Sql}";

        // This driver's pools belong to the process, and would keep their connections open after the source is gone.
        protected override void Dispose(bool disposing)
        {
            if (disposing) ClearPool();
            base.Dispose(disposing);
        }

        protected override ValueTask DisposeAsyncCore()
        {
            ClearPool();
            return base.DisposeAsyncCore();
        }

        private void ClearPool()
        {
            using var connection = new MySqlConnection(connectionString);
            MySqlConnection.ClearPool(connection);
        }

        protected override DbConnection OpenDbConnection()
        {
            var connection = base.OpenDbConnection();
            try
            {
                connection.Execute(PrepareSql);
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }

        protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
        {
            var connection = await base.OpenDbConnectionAsync(cancellationToken);
            try
            {
                await connection.ExecuteAsync(new CommandDefinition(PrepareSql, cancellationToken: cancellationToken));
                return connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
    }
}
