using System.Data.Common;
using Dapper;

namespace Chat.Data.Accounts;

/// <summary>
/// The key ring that protects tokens: table <c>data_protection_keys</c>. The XML holds key material and must never be logged.
/// Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.
/// </summary>
public sealed class DataProtectionKeyRepository(ChatDatabase database)
{
    private const string ListSql = "SELECT xml FROM data_protection_keys ORDER BY key_id";

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<string>>(
            async connection => (await connection.QueryAsync<string>(
                new CommandDefinition(ListSql, cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    // The first key is always number 1, so that of two nodes that make it at once only one succeeds. NULL is the next free number.
    // Counted in FROM: MySQL lets an INSERT read its own table there, and not in a subquery.
    private const string InsertSql = """
        INSERT INTO data_protection_keys (key_id, friendly_name, xml, created_at)
        SELECT CASE WHEN COUNT(*) = 0 THEN 1 END, @FriendlyName, @Xml, @CreatedAt
        FROM data_protection_keys
        """;

    /// <exception cref="DbException">A duplicate: another node made the first key meanwhile; read it instead.</exception>
    public Task InsertAsync(string friendlyName, string xml, DateTime createdAt, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(
                InsertSql,
                new { FriendlyName = friendlyName, Xml = xml, CreatedAt = createdAt },
                cancellationToken: cancellationToken)),
            cancellationToken);

    /// <summary>
    /// Runs <paramref name="work"/> while no other node does; it may use other connections. Nodes that talk to different nodes of
    /// a Galera cluster do not exclude each other.
    /// </summary>
    public async Task ExclusivelyAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var named = await NamedLock.AcquireAsync(connection, "data-protection-keys", LockTimeoutSeconds)
            ?? throw new DataUnavailableException(
                new TimeoutException($"Another node has been making data-protection keys for over {LockTimeoutSeconds} s."));
        await work();
    }

    private const int LockTimeoutSeconds = 60;
}
