using System.Data.Common;
using Dapper;

namespace Chat.Data;

/// <summary>
/// The one door to the database: opens connections, runs transactions, retries what a database is allowed to refuse,
/// and turns "cannot be reached" into <see cref="DataUnavailableException"/>, whatever driver is underneath.
/// </summary>
public sealed class ChatDatabase : IAsyncDisposable
{
    private readonly DbDataSource _source;
    private readonly DataMetrics? _metrics;
    private readonly CatchUpGate _catchUps;
    private readonly ReadsTogether _together;

    /// <summary>Two for each processor of this node.</summary>
    public static int DefaultMaxCatchUps { get; } = 2 * Environment.ProcessorCount;

    /// <summary>By then the pool has let go of what nobody used since.</summary>
    private static readonly TimeSpan SuspicionTime = 4 * SessionSettings.TrustUnused;

    /// <summary>More than a pool has by default.</summary>
    private const int MaxBroken = 200;

    private const int RollBackSeconds = 2;

    /// <summary>Found out once, with the first connection.</summary>
    private volatile Kind _kind;

    /// <summary>When a connection was last found broken, as a timestamp; 0 for never.</summary>
    private long _brokenAt;

    private ChatDatabase(DbDataSource source, DataMetrics? metrics, int maxCatchUps)
    {
        (_source, _metrics, _catchUps) = (source, metrics, new CatchUpGate(maxCatchUps));
        _together = new ReadsTogether(this, Math.Max(1, maxCatchUps / 2));
        metrics?.WatchCatchUps(() => _catchUps.Waiting);
    }

    /// <param name="connectionString">Server, Port, User ID, Password, Database: the keys that every MySQL driver knows.</param>
    /// <param name="maxCatchUps">How many of <see cref="CatchUpAsync"/> may read at the same time; at least 1, <see cref="DefaultMaxCatchUps"/> unless given.</param>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static ChatDatabase Create(string connectionString, DataMetrics? metrics = null, int? maxCatchUps = null)
    {
        DapperSetup.Apply();
        return new ChatDatabase(MySqlDriver.CreateDataSource(connectionString), metrics, maxCatchUps ?? DefaultMaxCatchUps);
    }

    /// <summary>
    /// Whether a command of a transaction may hold one statement only, once the transaction has locks. A Galera node breaks a
    /// transaction off when another node's commit needs its rows; when that happens between two statements of one command, the
    /// node does not tell, and answers the rest, even a COMMIT, as if all were well. Known after the first connection.
    /// </summary>
    internal bool OneStatementAtATime => IsCluster;

    /// <summary>Whether two connections may lead to two nodes, of which one is behind. Known after the first connection.</summary>
    internal bool IsCluster => _kind is Kind.GaleraCluster;

    /// <exception cref="DataUnavailableException">The database cannot be reached.</exception>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        DbConnection? connection = null;
        try
        {
            connection = await OpenSoundAsync(cancellationToken);
            if (_kind is Kind.Unknown)
                _kind = await GaleraCluster.FindAsync(connection) is null ? Kind.Alone : Kind.GaleraCluster;
            return connection;
        }
        catch (Exception exception)
        {
            if (connection is not null) await connection.DisposeAsync();
            if (exception.IsUnavailable(cancellationToken)) throw Unavailable(exception, nothingWritten: true);
            throw;
        }
    }

    /// <summary>
    /// Where one connection broke, those that lie in the pool are broken as well: the database was restarted, or a cluster's node
    /// died. Each would cost a caller a failure, so for a while each is asked whether it lives.
    /// </summary>
    private async Task<DbConnection> OpenSoundAsync(CancellationToken cancellationToken)
    {
        for (var broken = 0; ; broken++)
        {
            var connection = await _source.OpenConnectionAsync(cancellationToken);
            if (!IsSuspicious || broken == MaxBroken || await LivesAsync(connection)) return connection;
            await connection.DisposeAsync();
        }
    }

    private bool IsSuspicious =>
        Interlocked.Read(ref _brokenAt) is not 0 and var at && TimeProvider.System.GetElapsedTime(at) < SuspicionTime;

    private static async Task<bool> LivesAsync(DbConnection connection)
    {
        try
        {
            await connection.ExecuteScalarAsync<int>("SELECT 1");
            return true;
        }
        catch (Exception exception)
        {
            // Whatever else the server says, it says it through a connection that works.
            return !exception.IsBroken();
        }
    }

    /// <summary>Runs statements that need no transaction: reads, or one single-statement write.</summary>
    /// <exception cref="DataUnavailableException">The database cannot be reached, or went away meanwhile.</exception>
    public async Task<T> QueryAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        while (true)
        {
            await using var connection = await OpenAsync(cancellationToken);
            try
            {
                return await work(connection);
            }
            catch (Exception exception) when (attempts.MayTryAgain(exception))
            {
                _metrics?.Conflict();
                await attempts.BackOffAsync(cancellationToken);
            }
            catch (Exception exception) when (exception.IsUnavailable(cancellationToken) || exception.IsLockConflict())
            {
                throw Unavailable(exception, exception.IsRefusal());
            }
        }
    }

    /// <summary>
    /// As <see cref="QueryAsync"/>, for what a client reads when it comes back: a few of these run at a time, the others wait for
    /// their turn, so that a crowd does not take the database from those who write.
    /// </summary>
    /// <exception cref="DataUnavailableException">The database cannot be reached, or went away meanwhile.</exception>
    public Task<T> CatchUpAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken) =>
        _catchUps.RunAsync(() => QueryAsync(work, cancellationToken), cancellationToken);

    /// <summary>
    /// As <see cref="QueryAsync"/>, for one short SELECT, a look-up by a key, whose values stand in its text: in one command with those of
    /// others that come at the same time. Whatever else belongs to it must be read by the same statement.
    /// </summary>
    /// <exception cref="DataUnavailableException">The database cannot be reached, or went away meanwhile.</exception>
    internal Task<T> LookUpAsync<T>(string sql, Func<DbDataReader, Task<T>> read, CancellationToken cancellationToken) =>
        _together.ReadAsync(sql, read, cancellationToken);

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction and commits it. After a deadlock, a lock timeout, or a commit that a
    /// cluster refused, it is run again from the start, so it must not have effects outside the database.
    /// </summary>
    /// <exception cref="DataUnavailableException">
    /// The database cannot be reached, or went away meanwhile; whether a commit that was under way took place is then unknown,
    /// unless <see cref="DataUnavailableException.NothingWritten"/> says so.
    /// </exception>
    public async Task<T> InTransactionAsync<T>(Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        var attempts = new Attempts();
        while (true)
        {
            await using var connection = await OpenAsync(cancellationToken);
            DbTransaction? transaction = null;
            var committing = false;
            try
            {
                transaction = await connection.BeginTransactionAsync(cancellationToken);
                var result = await work(connection, transaction);
                committing = true;
                await transaction.CommitAsync(cancellationToken);
                return result;
            }
            catch (Exception exception) when (attempts.MayTryAgain(exception))
            {
                _metrics?.Conflict();
                await RollBackAsync(transaction);
                await attempts.BackOffAsync(cancellationToken);
            }
            catch (Exception exception)
            {
                await RollBackAsync(transaction);
                if (exception.IsUnavailable(cancellationToken) || exception.IsLockConflict())
                    throw Unavailable(exception, nothingWritten: !committing || exception.IsRefusal());
                throw;
            }
            finally
            {
                if (transaction is not null) await transaction.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// As <see cref="InTransactionAsync"/>, for work that begins and ends its transaction itself, in the commands that it sends anyway: two
    /// round trips less.
    /// </summary>
    /// <exception cref="DataUnavailableException">The database cannot be reached, or went away meanwhile; what was committed is then unknown.</exception>
    internal async Task InOwnTransactionAsync(Func<DbConnection, Task> work)
    {
        var attempts = new Attempts();
        while (true)
        {
            await using var connection = await OpenAsync(CancellationToken.None);
            try
            {
                await work(connection);
                return;
            }
            catch (Exception exception) when (attempts.MayTryAgain(exception))
            {
                _metrics?.Conflict();
                await RollBackAsync(connection);
                await attempts.BackOffAsync(CancellationToken.None);
            }
            catch (Exception exception)
            {
                await RollBackAsync(connection);
                if (exception.IsUnavailable(CancellationToken.None) || exception.IsLockConflict())
                    throw Unavailable(exception, nothingWritten: exception.IsRefusal());
                throw;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _catchUps.Dispose();
        return _source.DisposeAsync();
    }

    private DataUnavailableException Unavailable(Exception exception, bool nothingWritten)
    {
        NoteBroken(exception);
        _metrics?.Unavailable();
        return new DataUnavailableException(exception) { NothingWritten = nothingWritten };
    }

    /// <summary>For those who keep a connection of their own.</summary>
    internal void NoteBroken(Exception exception)
    {
        if (exception.IsBroken()) Interlocked.Exchange(ref _brokenAt, TimeProvider.System.GetTimestamp());
    }

    private enum Kind
    {
        Unknown,
        Alone,
        GaleraCluster,
    }

    /// <summary>The same of a transaction that was begun by a command: a connection that cannot do it is broken, and the pool drops it.</summary>
    private static async Task RollBackAsync(DbConnection connection)
    {
        try
        {
            if (connection.State == System.Data.ConnectionState.Open) await connection.ExecuteAsync("ROLLBACK", commandTimeout: RollBackSeconds);
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or IOException)
        {
        }
    }

    /// <summary>A transaction that cannot be rolled back has lost its connection, and the server rolls back for us.</summary>
    private static async Task RollBackAsync(DbTransaction? transaction)
    {
        if (transaction is null) return;
        try
        {
            await transaction.RollbackAsync();
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or IOException)
        {
        }
    }
}
