using Dapper;

namespace Chat.Data.Jobs;

/// <summary>
/// Lets one node at a time do a periodic job. A lease spares the database the work of the other nodes; it is no lock: a node that
/// hangs past its end may meet the next holder, so a job must also be right when two nodes run it.
/// </summary>
public sealed class JobLeaseRepository(ChatDatabase database)
{
    /// <summary>This process.</summary>
    private readonly byte[] _holder = Guid.NewGuid().ToByteArray();

    /// <summary>
    /// For a job of every <paramref name="interval"/>. The lease is a little shorter than that, so that the holder's own next turn finds it,
    /// and another node's when the holder is gone.
    /// </summary>
    /// <returns>False when it is another node's turn.</returns>
    /// <exception cref="DataUnavailableException"/>
    public Task<bool> TryTakeTurnAsync(string job, TimeSpan interval, DateTime now, CancellationToken cancellationToken) =>
        TryTakeAsync(job, interval * 0.9, now, cancellationToken);

    /// <returns>False when another node holds the lease.</returns>
    /// <exception cref="DataUnavailableException"/>
    public Task<bool> TryTakeAsync(string job, TimeSpan duration, DateTime now, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var lease = new { Job = job, Holder = _holder, Now = now, Until = now + duration };
            if (await connection.ExecuteAsync(new CommandDefinition(TakeSql, lease, cancellationToken: cancellationToken)) > 0) return true;
            try
            {
                await connection.ExecuteAsync(new CommandDefinition(CreateSql, lease, cancellationToken: cancellationToken));
                return true;
            }
            catch (Exception exception) when (exception.IsDuplicateKey())
            {
                return false;
            }
        }, cancellationToken);

    private const string TakeSql = """
        UPDATE job_leases SET holder = @Holder, expires_at = @Until
        WHERE job_name = @Job AND (holder = @Holder OR expires_at <= @Now)
        """;

    private const string CreateSql = "INSERT INTO job_leases (job_name, holder, expires_at) VALUES (@Job, @Holder, @Until)";
}
