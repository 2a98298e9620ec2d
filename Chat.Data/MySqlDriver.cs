using System.Data.Common;
using MySqlConnector;

namespace Chat.Data;

/// <summary>
/// The only file that names the MySQL driver: it makes the <see cref="DbDataSource"/> that everything else uses.
/// </summary>
internal static class MySqlDriver
{
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static DbDataSource CreateDataSource(string connectionString)
    {
        var settings = new MySqlConnectionStringBuilder(connectionString)
        {
            // Resetting a pooled connection costs about a quarter of a single-statement call. It is not needed: all have
            // the same session state, and ChatDatabase rolls back or discards what fails.
            ConnectionReset = false,
            // The pool does not look whether a connection still lives, so it must let go of it long before the server does.
            ConnectionIdleTimeout = (uint)SessionSettings.TrustUnused.TotalSeconds,
            // All times are UTC; a DATETIME comes back as such.
            DateTimeKind = MySqlDateTimeKind.Utc,
            GuidFormat = MySqlGuidFormat.None,
        };
        return new MySqlDataSourceBuilder(settings.ConnectionString)
            // The pool's name in metrics, which would otherwise be the connection string without its password.
            .UseName($"{settings.Server}/{settings.Database}")
            .UseConnectionOpenedCallback(PrepareAsync)
            .Build();
    }

    private static async ValueTask PrepareAsync(MySqlConnectionOpenedContext opened, CancellationToken cancellationToken)
    {
        if (!opened.Conditions.HasFlag(MySqlConnectionOpenedConditions.New)) return;
        await using var command = new MySqlCommand(SessionSettings.Sql, opened.Connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
