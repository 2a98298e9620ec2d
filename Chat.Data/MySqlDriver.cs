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
            // Resetting a pooled connection costs about a quarter of a single-statement call. It is not needed:
            // nothing here sets session state, and ChatDatabase rolls back or discards what fails.
            ConnectionReset = false,
            // All times are UTC; a DATETIME comes back as such.
            DateTimeKind = MySqlDateTimeKind.Utc,
            GuidFormat = MySqlGuidFormat.None,
        };
        // The pool's name in metrics, which would otherwise be the connection string without its password.
        return new MySqlDataSourceBuilder(settings.ConnectionString).UseName($"{settings.Server}/{settings.Database}").Build();
    }
}
