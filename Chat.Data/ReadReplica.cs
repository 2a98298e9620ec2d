using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Chat.Data;

/// <param name="Timeout">How long a read may take before the primary is asked instead.</param>
/// <param name="Rest">How long nobody asks the replica after it failed; then one read tries it for all.</param>
public sealed record ReplicaLimits(TimeSpan Timeout, TimeSpan Rest);

/// <summary>
/// A copy of the database that takes reads off the primary, and may be behind it. For what can be old without harm or can be
/// proven complete: pages of history, search. Never for rights, positions, rosters, sessions, or what a client syncs by:
/// those come from the primary, before or after.
/// <para>
/// Nothing depends on it. Whoever reads here gets null when the replica fails, is slow, is not tried because it has just
/// failed, or cannot show that it is current enough, and then reads the primary. Counted in <c>chat.replica.reads</c>.
/// </para>
/// </summary>
public sealed partial class ReadReplica : IAsyncDisposable
{
    private readonly ChatDatabase _replica;
    private readonly ReplicaLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DataMetrics _metrics;

    /// <summary>0 while it is well; else when it may be tried again.</summary>
    private long _restsUntil;

    /// <param name="replica">Disposed with this.</param>
    public ReadReplica(ChatDatabase replica, ReplicaLimits limits, DataMetrics metrics, TimeProvider time, ILogger<ReadReplica> logger) =>
        (_replica, _limits, _metrics, _time, _logger) = (replica, limits, metrics, time, logger);

    /// <summary>Reads from the replica, if it can.</summary>
    /// <param name="read">
    /// Returns null when what the replica has is not enough. It proves that by something that it reads before the rows
    /// themselves, such as the chat's last ids, which move in the same transaction as what they count.
    /// </param>
    /// <returns>Null when the primary must be asked.</returns>
    public async Task<T?> TryReadAsync<T>(Func<DbConnection, CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
        where T : class
    {
        if (!MayBeTried())
        {
            _metrics.ReplicaRead("resting");
            return null;
        }
        try
        {
            // The caller does not wait for a driver that does not return; the read is left to end by itself.
            var result = await RunAsync(read, cancellationToken).WaitAsync(_limits.Timeout, _time, cancellationToken);
            if (Interlocked.Exchange(ref _restsUntil, 0) != 0) LogBack(_logger);
            _metrics.ReplicaRead(result is null ? "behind" : "served");
            return result;
        }
        catch (Exception exception) when (IsFailure(exception, cancellationToken))
        {
            if (Interlocked.Exchange(ref _restsUntil, Later(_limits.Rest)) == 0) LogFailed(_logger, _limits.Rest, exception);
            _metrics.ReplicaRead("failed");
            return null;
        }
    }

    public ValueTask DisposeAsync() => _replica.DisposeAsync();

    private async Task<T?> RunAsync<T>(Func<DbConnection, CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(_limits.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        await using var connection = await _replica.OpenAsync(either.Token);
        return await read(connection, either.Token);
    }

    /// <summary>After the rest, the first who comes may try; meanwhile the others go on resting.</summary>
    private bool MayBeTried()
    {
        var until = Interlocked.Read(ref _restsUntil);
        return until == 0
            || (_time.GetTimestamp() >= until && Interlocked.CompareExchange(ref _restsUntil, Later(_limits.Rest), until) == until);
    }

    private long Later(TimeSpan by) => _time.GetTimestamp() + (long)(by.TotalSeconds * _time.TimestampFrequency);

    private static bool IsFailure(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && (exception is DbException or DataUnavailableException or TimeoutException or OperationCanceledException
            || exception.IsUnavailable(cancellationToken));

    [LoggerMessage(1, LogLevel.Warning, "The read replica failed; the primary serves its reads. It is tried again after {Rest}")]
    private static partial void LogFailed(ILogger logger, TimeSpan rest, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "The read replica serves again")]
    private static partial void LogBack(ILogger logger);
}
