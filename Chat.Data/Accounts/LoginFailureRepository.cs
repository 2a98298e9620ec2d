using Dapper;

namespace Chat.Data.Accounts;

/// <param name="WindowStart">UTC; when the window began that the failures are counted in.</param>
public sealed record LoginFailuresRow(int Failures, DateTime WindowStart);

/// <summary>
/// Counts of failed log-ins by subject, shared by all nodes: table <c>login_failures</c>. A count belongs to a window;
/// one that began at or before <c>windowFloor</c> is over. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.
/// </summary>
public sealed class LoginFailureRepository(ChatDatabase database)
{
    // One statement counts, so that no two attempts see the same number. The assignments run left to right,
    // and each reads only columns that none before it has changed.
    private const string CountSql = """
        INSERT INTO login_failures (subject, failures, window_start)
        VALUES (@Subject, 1, @Now)
        ON DUPLICATE KEY UPDATE
          failures = IF(window_start <= @WindowFloor, 1, LEAST(failures + 1, 1000000)),
          window_start = IF(window_start <= @WindowFloor, VALUES(window_start), window_start)
        """;

    private const string GetSql = """
        SELECT failures, window_start
        FROM login_failures
        WHERE subject = @Subject AND window_start > @WindowFloor
        """;

    /// <summary>Counts one failure and returns the count with it.</summary>
    public Task<LoginFailuresRow> CountAsync(string subject, DateTime now, DateTime windowFloor, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                // The upsert holds the row's lock until the commit: the number read below is this call's own.
                var parameters = new { Subject = subject, Now = now, WindowFloor = windowFloor };
                await connection.ExecuteAsync(new CommandDefinition(CountSql, parameters, transaction, cancellationToken: cancellationToken));
                return await connection.QuerySingleAsync<LoginFailuresRow>(
                    new CommandDefinition(GetSql, parameters, transaction, cancellationToken: cancellationToken));
            },
            cancellationToken);

    /// <summary>The running count of a subject; null if there is none.</summary>
    public Task<LoginFailuresRow?> GetAsync(string subject, DateTime windowFloor, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<LoginFailuresRow>(
                new CommandDefinition(GetSql, new { Subject = subject, WindowFloor = windowFloor }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string WithdrawSql = "UPDATE login_failures SET failures = failures - 1 WHERE subject = @Subject AND failures > 0";

    /// <summary>Takes back one count: the attempt was never decided.</summary>
    public Task WithdrawAsync(string subject, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(
                new CommandDefinition(WithdrawSql, new { Subject = subject }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string ClearSql = "DELETE FROM login_failures WHERE subject = @Subject";

    public Task ClearAsync(string subject, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(
                new CommandDefinition(ClearSql, new { Subject = subject }, cancellationToken: cancellationToken)),
            cancellationToken);

    private const string PurgeSql = "DELETE FROM login_failures WHERE window_start <= @WindowFloor LIMIT 1000";

    /// <summary>Deletes counts whose window is over, up to a thousand a call; returns how many rows went.</summary>
    public Task<int> PurgeAsync(DateTime windowFloor, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.ExecuteAsync(
                new CommandDefinition(PurgeSql, new { WindowFloor = windowFloor }, cancellationToken: cancellationToken)),
            cancellationToken);
}
