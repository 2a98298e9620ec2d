using Dapper;

namespace Chat.Data.Exports;

/// <summary>
/// Exports of people's data: table <c>account_exports</c>. Whoever works on one holds its lease; a lease that ran out, because its node died,
/// is taken by another. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.
/// </summary>
public sealed class ExportRepository(ChatDatabase database)
{
    private const string Columns = "export_id, user_id, status, chats_done, chats_total, attempts, file_name, bytes, created_at, finished_at";

    private const string BeginSql = """
        INSERT INTO account_exports (user_id, active_user_id, created_at) VALUES (@UserId, @UserId, @Now)
        ON DUPLICATE KEY UPDATE active_user_id = active_user_id
        """;

    private const string FindActiveSql = $"SELECT {Columns} FROM account_exports WHERE active_user_id = @UserId";

    /// <summary>Asks for an export; one that is under way is the answer.</summary>
    public Task<ExportRow> BeginAsync(long userId, DateTime now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(BeginSql, new { UserId = userId, Now = now }, transaction);
                return await connection.QuerySingleAsync<ExportRow>(FindActiveSql, new { UserId = userId }, transaction);
            },
            cancellationToken);

    private const string FindSql = $"SELECT {Columns} FROM account_exports WHERE export_id = @ExportId AND user_id = @UserId";

    /// <returns>Null when the user has no such export.</returns>
    public Task<ExportRow?> FindAsync(long userId, long exportId, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleOrDefaultAsync<ExportRow?>(FindSql, new { UserId = userId, ExportId = exportId }), cancellationToken);

    private const string ListSql = $"SELECT {Columns} FROM account_exports WHERE user_id = @UserId ORDER BY export_id DESC LIMIT 20";

    /// <summary>The newest first, 20 at most.</summary>
    public Task<IReadOnlyList<ExportRow>> ListAsync(long userId, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<ExportRow>>(
            async connection => (await connection.QueryAsync<ExportRow>(ListSql, new { UserId = userId })).AsList(), cancellationToken);

    private const string CountSinceSql = "SELECT COUNT(*) FROM account_exports WHERE user_id = @UserId AND created_at > @Since";

    public Task<int> CountSinceAsync(long userId, DateTime since, CancellationToken cancellationToken) =>
        database.QueryAsync(connection => connection.ExecuteScalarAsync<int>(CountSinceSql, new { UserId = userId, Since = since }), cancellationToken);

    // Two statements, so that each is a range of the index.
    private static readonly string[] TakeSql =
    [
        """
        UPDATE account_exports SET status = 'running', attempts = attempts + 1, lease = @Lease, lease_until = @Until
        WHERE status = 'running' AND lease_until < @Now ORDER BY lease_until LIMIT 1
        """,
        """
        UPDATE account_exports SET status = 'running', attempts = attempts + 1, lease = @Lease, lease_until = @Until
        WHERE status = 'waiting' ORDER BY export_id LIMIT 1
        """,
    ];

    private const string FindTakenSql = $"SELECT {Columns} FROM account_exports WHERE status = 'running' AND lease = @Lease";

    /// <summary>Takes an export that nobody works on: first one whose worker is gone.</summary>
    /// <param name="lease">A new one for every call.</param>
    /// <returns>Null when there is nothing to do.</returns>
    public Task<ExportRow?> TakeAsync(Guid lease, DateTime now, DateTime until, CancellationToken cancellationToken) =>
        database.InTransactionAsync(
            async (connection, transaction) =>
            {
                var parameters = new { Lease = lease.ToByteArray(bigEndian: true), Now = now, Until = until };
                foreach (var sql in TakeSql)
                    if (await connection.ExecuteAsync(sql, parameters, transaction) > 0)
                        return await connection.QuerySingleOrDefaultAsync<ExportRow?>(FindTakenSql, parameters, transaction);
                return null;
            },
            cancellationToken);

    private const string RenewSql = """
        UPDATE account_exports SET chats_done = @Done, chats_total = @Total, lease_until = @Until
        WHERE export_id = @ExportId AND status = 'running' AND lease = @Lease
        """;

    /// <summary>Tells how far it is, and keeps the lease.</summary>
    /// <returns>False when somebody else has it by now, or it is gone: the work is to be dropped.</returns>
    public Task<bool> RenewAsync(long exportId, Guid lease, int done, int total, DateTime until, CancellationToken cancellationToken) =>
        UpdateAsync(RenewSql, new { ExportId = exportId, Lease = lease.ToByteArray(bigEndian: true), Done = done, Total = total, Until = until }, cancellationToken);

    private const string FinishSql = """
        UPDATE account_exports
        SET status = @Status, active_user_id = NULL, lease = NULL, lease_until = NULL, file_name = @FileName, bytes = @Bytes, finished_at = @Now
        WHERE export_id = @ExportId AND status = 'running' AND lease = @Lease
        """;

    /// <param name="fileName">Null when it failed for good.</param>
    /// <returns>False when somebody else has it by now, or it is gone: the file is to be deleted.</returns>
    public Task<bool> FinishAsync(long exportId, Guid lease, string? fileName, long bytes, DateTime now, CancellationToken cancellationToken) =>
        UpdateAsync(
            FinishSql,
            new
            {
                ExportId = exportId, Lease = lease.ToByteArray(bigEndian: true), FileName = fileName, Bytes = bytes, Now = now,
                Status = fileName is null ? "failed" : "done",
            },
            cancellationToken);

    private Task<bool> UpdateAsync(string sql, object parameters, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection => await connection.ExecuteAsync(sql, parameters) > 0, cancellationToken);

    private const string ListFilesSql = "SELECT file_name FROM account_exports WHERE user_id = @UserId AND file_name IS NOT NULL";

    public Task<IReadOnlyList<string>> ListFilesAsync(long userId, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<string>>(
            async connection => (await connection.QueryAsync<string>(ListFilesSql, new { UserId = userId })).AsList(), cancellationToken);

    private const string PurgeSql = "DELETE FROM account_exports WHERE finished_at < @Before ORDER BY finished_at LIMIT 100";

    /// <summary>Deletes exports that finished long ago, up to a hundred a call; returns how many went. Their files go by their age.</summary>
    public Task<int> PurgeAsync(DateTime before, CancellationToken cancellationToken) =>
        database.QueryAsync(connection => connection.ExecuteAsync(PurgeSql, new { Before = before }), cancellationToken);
}
