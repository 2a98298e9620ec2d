using Dapper;

namespace Chat.Data.Jobs;

/// <summary>The oldest thing that each background job has to do, where its time has come; null where nothing waits.</summary>
/// <param name="Scheduled">Messages to be sent.</param>
/// <param name="Expiring">Messages to be removed.</param>
/// <param name="Media">Files of which to find out whether somebody holds them.</param>
/// <param name="Blobs">The same of what is in the store.</param>
/// <param name="Exports">Those that nobody has begun.</param>
/// <param name="AbandonedExports">Those whose worker is gone, since its lease ran out.</param>
public sealed record OldestDue(
    DateTime? Scheduled, DateTime? Expiring, DateTime? Media, DateTime? Blobs, DateTime? Exports, DateTime? AbandonedExports);

/// <summary>Reads how far background jobs are behind.</summary>
public sealed class JobLagRepository(ChatDatabase database)
{
    /// <exception cref="DataUnavailableException"/>
    public Task<OldestDue> FindAsync(DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync(
            connection => connection.QuerySingleAsync<OldestDue>(new CommandDefinition(FindSql, new { Now = now }, cancellationToken: cancellationToken)),
            cancellationToken);

    // Each is the first entry of an index, but for the exports that wait, of which there are few.
    private const string FindSql = """
        SELECT
          (SELECT MIN(next_try_at) FROM scheduled_messages WHERE next_try_at <= @Now) AS scheduled,
          (SELECT MIN(expires_at) FROM expiring_messages WHERE expires_at <= @Now) AS expiring,
          (SELECT MIN(check_after) FROM media WHERE check_after <= @Now) AS media,
          (SELECT MIN(check_after) FROM media_blobs WHERE check_after <= @Now) AS blobs,
          (SELECT MIN(created_at) FROM account_exports WHERE status = 'waiting') AS exports,
          (SELECT MIN(lease_until) FROM account_exports WHERE status = 'running' AND lease_until < @Now) AS abandoned_exports
        """;
}
