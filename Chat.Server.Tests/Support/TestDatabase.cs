using Chat.Data;
using Dapper;

namespace Chat.Server.Tests.Support;

/// <summary>A database of its own on the private server that <c>./test</c> starts, built from <c>sql/migrations</c>.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    public const string ServerVariable = "CHAT_TEST_DATABASE";

    /// <summary>Fixtures run side by side, and perhaps beside other runs, on one server that has its limit.</summary>
    private const int PoolSize = 40;

    private readonly ChatDatabase _server;

    private TestDatabase(ChatDatabase server, string name, string connectionString)
    {
        (_server, Name, ConnectionString) = (server, name, connectionString);
        Database = ChatDatabase.Create(connectionString);
    }

    public string Name { get; }

    public string ConnectionString { get; }

    public ChatDatabase Database { get; }

    /// <summary>The connection string of the test server, without a database.</summary>
    public static string ServerConnectionString =>
        Environment.GetEnvironmentVariable(ServerVariable)
        ?? throw new InvalidOperationException($"{ServerVariable} is not set. Run ./test, or: eval \"$(eng/services.sh env)\".");

    /// <param name="on">The connection string of another server than the usual one, without a database.</param>
    public static async Task<TestDatabase> CreateAsync(bool migrate = true, string? on = null)
    {
        on ??= ServerConnectionString;
        var server = ChatDatabase.Create(on);
        var name = $"chat_test_{Guid.NewGuid():N}";
        await server.QueryAsync(
            connection => connection.ExecuteAsync($"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"),
            CancellationToken.None);
        var database = new TestDatabase(server, name, $"{on.TrimEnd(';')};Database={name};Maximum Pool Size={PoolSize}");
        if (migrate) await new Migrator(database.Database, TimeProvider.System).MigrateAsync(CancellationToken.None);
        return database;
    }

    public Task<T> ScalarAsync<T>(string sql, object? parameters = null) =>
        Database.QueryAsync(async connection => (await connection.ExecuteScalarAsync<T>(sql, parameters))!, CancellationToken.None);

    public Task<List<T>> ListAsync<T>(string sql, object? parameters = null) =>
        Database.QueryAsync(async connection => (await connection.QueryAsync<T>(sql, parameters)).AsList(), CancellationToken.None);

    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        Database.QueryAsync(connection => connection.ExecuteAsync(sql, parameters), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await _server.QueryAsync(connection => connection.ExecuteAsync($"DROP DATABASE {Name}"), CancellationToken.None);
        await _server.DisposeAsync();
    }
}
