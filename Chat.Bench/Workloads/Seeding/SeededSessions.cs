using System.Data.Common;
using System.Globalization;
using Chat.Bench.Client;
using Chat.Data;
using Chat.Data.Accounts;
using Chat.Server.Features.Accounts;
using Dapper;
using Microsoft.AspNetCore.Authentication.BearerToken;

namespace Chat.Bench.Workloads.Seeding;

/// <summary>
/// People who are logged in without having logged in: their sessions are put into the database, and their access tokens made with the
/// product's own keys, which are there as well. For thousands, which through the product's door would take minutes.
/// </summary>
internal static class SeededSessions
{
    /// <summary>The server must have started on the database before: it makes the keys.</summary>
    public static async Task<IReadOnlyList<BenchUser>> AddAsync(
        ChatDatabase database, Uri hub, int count, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new AuthOptions();
        var now = time.GetUtcNow().UtcDateTime;
        var sessions = await database.QueryAsync(connection => AddAsync(connection, count, now, now + options.SessionLifetime, cancellationToken), cancellationToken);
        await using var services = Compose(database, options, time);
        var tokens = services.GetRequiredService<TokenIssuer>();
        var refresh = RefreshToken.Create();
        return [.. sessions.Select(s => new BenchUser(s.UserId, tokens.Issue(RowOf(s.UserId, now), s.SessionId, refresh).AccessToken, hub))];
    }

    private const string NextIdSql = "SELECT COALESCE(MAX(session_id), 0) + 1 FROM sessions";

    private const string InsertSql = "INSERT INTO sessions (session_id, user_id, created_at, last_used_at, expires_at) VALUES ";

    private static async Task<IReadOnlyList<(long SessionId, long UserId)>> AddAsync(
        DbConnection connection, int count, DateTime now, DateTime expiresAt, CancellationToken cancellationToken)
    {
        var (at, expires) = (BulkInsert.Literal(now), BulkInsert.Literal(expiresAt));
        var users = await SeededUsers.AddAsync(connection, count, at, cancellationToken);
        var first = await connection.ExecuteScalarAsync<long>(NextIdSql);
        var sessions = users.Select((userId, index) => (SessionId: first + index, UserId: userId)).ToList();
        await BulkInsert.RunAsync(connection, InsertSql, sessions, (sql, s) =>
            sql.Append(CultureInfo.InvariantCulture, $"({s.SessionId},{s.UserId},{at},{at},{expires})"), cancellationToken);
        return sessions;
    }

    private static ServiceProvider Compose(ChatDatabase database, AuthOptions options, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(database);
        services.AddSingleton(options);
        services.AddSingleton(time);
        services.AddKeyRing();
        services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme).AddBearerToken();
        services.AddSingleton<TokenIssuer>();
        return services.BuildServiceProvider();
    }

    private static UserRow RowOf(long userId, DateTime createdAt) => new(
        userId, $"Seeded {userId}", "", Username: null, Status: null, ProfilePictureUrl: null, PictureMediaId: null, createdAt);
}
