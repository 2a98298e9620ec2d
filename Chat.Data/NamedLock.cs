using System.Data.Common;
using Dapper;

namespace Chat.Data;

/// <summary>
/// A lock over all servers that use one database node, held by a connection and freed with it. For rare work at start-up; it
/// is no part of any request. The nodes of a Galera cluster do not share it: whoever uses it must also be right when two hold it.
/// </summary>
public sealed class NamedLock : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly string _name;

    private NamedLock(DbConnection connection, string name) => (_connection, _name) = (connection, name);

    /// <param name="purpose">At most 40 characters; databases on one server do not disturb each other.</param>
    /// <returns>Null when somebody else still holds it after <paramref name="timeoutSeconds"/>.</returns>
    public static async Task<NamedLock?> AcquireAsync(DbConnection connection, string purpose, int timeoutSeconds)
    {
        // Lock names may have 64 characters, database names as well, so the database stands in as a hash.
        var name = await connection.ExecuteScalarAsync<string>(NameSql, new { Purpose = purpose });
        var got = await connection.ExecuteScalarAsync<int?>(
            AcquireSql, new { Name = name, Timeout = timeoutSeconds }, commandTimeout: timeoutSeconds + 30);
        return got == 1 ? new NamedLock(connection, name!) : null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.ExecuteAsync(ReleaseSql, new { Name = _name });
        }
        catch (Exception)
        {
            // The connection is broken, and the lock gone with it. Whatever broke it is the error that counts.
        }
    }

    private const string NameSql = """
        SELECT CONVERT(CONCAT('chat.', @Purpose, '.', LEFT(SHA2(DATABASE(), 256), 16)) USING utf8mb4)
        """;

    private const string AcquireSql = "SELECT GET_LOCK(@Name, @Timeout)";

    private const string ReleaseSql = "DO RELEASE_LOCK(@Name)";
}
