using Chat.Data;
using Dapper;

namespace Chat.Server.Tests.Support;

/// <summary>
/// A database of its own on the private server that <c>./test</c> starts, built from <c>sql/migrations</c>; or on the cluster
/// of <c>eng/galera.sh test</c>, where it can be reached at several nodes.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    public const string ServerVariable = "CHAT_TEST_DATABASE";

    /// <summary>Fixtures run side by side, and perhaps beside other runs, on one server that has its limit.</summary>
    private const int PoolSize = 40;

    /// <summary>The connection strings of the other nodes of a cluster, with | between them.</summary>
    public const string OthersVariable = "CHAT_TEST_DATABASE_OTHERS";

    private readonly ChatDatabase _server;
    private readonly IReadOnlyList<string> _connectionStrings;
    private readonly IReadOnlyList<ChatDatabase> _databases;

    private TestDatabase(ChatDatabase server, string name, IReadOnlyList<string> connectionStrings)
    {
        (_server, Name, _connectionStrings) = (server, name, connectionStrings);
        _databases = [.. connectionStrings.Select(at => ChatDatabase.Create(at))];
    }

    public string Name { get; }

    public string ConnectionString => At(0);

    public ChatDatabase Database => DatabaseAt(0);

    /// <summary>The connection string for a server that talks to another node of the cluster, if there is a cluster.</summary>
    public string At(int node) => _connectionStrings[node % _connectionStrings.Count];

    public ChatDatabase DatabaseAt(int node) => _databases[node % _databases.Count];

    /// <summary>Of the nodes of the cluster besides the first; none where there is no cluster.</summary>
    public static IReadOnlyList<string> OtherServerConnectionStrings =>
        Environment.GetEnvironmentVariable(OthersVariable)?.Split('|', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The connection string of the test server, without a database.</summary>
    public static string ServerConnectionString =>
        Environment.GetEnvironmentVariable(ServerVariable)
        ?? throw new InvalidOperationException($"{ServerVariable} is not set. Run ./test, or: eval \"$(eng/services.sh env)\".");

    /// <param name="on">The connection string of another server than the usual one, without a database.</param>
    public static async Task<TestDatabase> CreateAsync(bool migrate = true, string? on = null)
    {
        var servers = on is null ? [ServerConnectionString, .. OtherServerConnectionStrings] : new[] { on };
        var server = ChatDatabase.Create(servers[0]);
        var name = $"chat_test_{Guid.NewGuid():N}";
        await server.QueryAsync(
            connection => connection.ExecuteAsync($"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"),
            CancellationToken.None);
        await UntilAllKnowAsync(servers.Skip(1));
        var database = new TestDatabase(
            server, name, [.. servers.Select(at => $"{at.TrimEnd(';')};Database={name};Maximum Pool Size={PoolSize}")]);
        if (migrate) await new Migrator(database.Database, TimeProvider.System).MigrateAsync(CancellationToken.None);
        return database;
    }

    /// <summary>Another node may not know yet what the first has just made, and connecting does not wait; reading does.</summary>
    private static async Task UntilAllKnowAsync(IEnumerable<string> servers)
    {
        foreach (var at in servers)
        {
            await using var server = ChatDatabase.Create(at);
            await server.QueryAsync(connection => connection.ExecuteScalarAsync<int>("SELECT 1"), CancellationToken.None);
        }
    }

    /// <summary>After the server was restarted: what this pool holds is broken, and nobody has noticed yet.</summary>
    public Task ReconnectAsync() => Deadline.UntilAsync(async () =>
    {
        try
        {
            return await ScalarAsync<int>("SELECT 1") == 1;
        }
        catch (DataUnavailableException)
        {
            return false;
        }
    }, "the database answers");

    public Task<T> ScalarAsync<T>(string sql, object? parameters = null) =>
        Database.QueryAsync(async connection => (await connection.ExecuteScalarAsync<T>(sql, parameters))!, CancellationToken.None);

    public Task<List<T>> ListAsync<T>(string sql, object? parameters = null) =>
        Database.QueryAsync(async connection => (await connection.QueryAsync<T>(sql, parameters)).AsList(), CancellationToken.None);

    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        Database.QueryAsync(connection => connection.ExecuteAsync(sql, parameters), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases) await database.DisposeAsync();
        await _server.QueryAsync(connection => connection.ExecuteAsync($"DROP DATABASE {Name}"), CancellationToken.None);
        await _server.DisposeAsync();
    }
}
