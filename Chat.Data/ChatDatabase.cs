using System.Data.Common;

namespace Chat.Data;

/// <summary>
/// The one door to the database: opens connections, runs transactions, retries what a database is allowed to refuse,
/// and turns "cannot be reached" into <see cref="DataUnavailableException"/>, whatever driver is underneath.
/// </summary>
public sealed class ChatDatabase : IAsyncDisposable
{
    /// <summary>A deadlock or a lock timeout is the database's way to say "again, please".</summary>
    private const int MaxAttempts = 5;

    private readonly DbDataSource _source;
    private readonly DataMetrics? _metrics;

    private ChatDatabase(DbDataSource source, DataMetrics? metrics) => (_source, _metrics) = (source, metrics);

    /// <param name="connectionString">Server, Port, User ID, Password, Database: the keys that every MySQL driver knows.</param>
    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public static ChatDatabase Create(string connectionString, DataMetrics? metrics = null)
    {
        DapperSetup.Apply();
        return new ChatDatabase(MySqlDriver.CreateDataSource(connectionString), metrics);
    }

    /// <exception cref="DataUnavailableException">The database cannot be reached.</exception>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception exception) when (exception.IsUnavailable(cancellationToken))
        {
            throw Unavailable(exception);
        }
    }

    /// <summary>Runs statements that need no transaction: reads, or one single-statement write.</summary>
    /// <exception cref="DataUnavailableException">The database cannot be reached, or went away meanwhile.</exception>
    public async Task<T> QueryAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var connection = await OpenAsync(cancellationToken);
            try
            {
                return await work(connection);
            }
            catch (Exception exception) when (exception.IsLockConflict() && attempt < MaxAttempts)
            {
                _metrics?.Conflict();
                await BackOffAsync(attempt, cancellationToken);
            }
            catch (Exception exception) when (exception.IsUnavailable(cancellationToken) || exception.IsLockConflict())
            {
                throw Unavailable(exception);
            }
        }
    }

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction and commits it. After a deadlock or lock timeout it is run again
    /// from the start, so it must not have effects outside the database.
    /// </summary>
    /// <exception cref="DataUnavailableException">
    /// The database cannot be reached, or went away meanwhile; whether a commit that was under way took place is then unknown.
    /// </exception>
    public async Task<T> InTransactionAsync<T>(Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var connection = await OpenAsync(cancellationToken);
            DbTransaction? transaction = null;
            try
            {
                transaction = await connection.BeginTransactionAsync(cancellationToken);
                var result = await work(connection, transaction);
                await transaction.CommitAsync(cancellationToken);
                return result;
            }
            catch (Exception exception) when (exception.IsLockConflict() && attempt < MaxAttempts)
            {
                _metrics?.Conflict();
                await RollBackAsync(transaction);
                await BackOffAsync(attempt, cancellationToken);
            }
            catch (Exception exception)
            {
                await RollBackAsync(transaction);
                if (exception.IsUnavailable(cancellationToken) || exception.IsLockConflict())
                    throw Unavailable(exception);
                throw;
            }
            finally
            {
                if (transaction is not null) await transaction.DisposeAsync();
            }
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private DataUnavailableException Unavailable(Exception exception)
    {
        _metrics?.Unavailable();
        return new DataUnavailableException(exception);
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

    internal static Task BackOffAsync(int attempt, CancellationToken cancellationToken) =>
        Task.Delay(Random.Shared.Next(1, 10 * attempt), cancellationToken);
}
