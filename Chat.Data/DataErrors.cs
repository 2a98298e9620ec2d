using System.Data.Common;
using System.Net.Sockets;

namespace Chat.Data;

/// <summary>The database cannot be reached, went away, or will not serve us now. Safe to try again.</summary>
public sealed class DataUnavailableException(Exception inner) : Exception("The database is not available.", inner)
{
    /// <summary>
    /// True when nothing can have been written: no connection was made, or the server itself refused. False when a commit was
    /// perhaps under way, and nobody but the database knows how it ended.
    /// </summary>
    public bool NothingWritten { get; init; } = inner.IsRefusal();
}

/// <summary>
/// Reads the server's error number the way that every driver offers it: <c>Data["Server Error Code"]</c>.
/// Numbers: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html and the client's 2000-2061.
/// </summary>
public static class DataErrors
{
    private const int DuplicateEntry = 1062;
    private const int NoSuchTable = 1146;
    private const int LockWaitTimeout = 1205;

    /// <summary>The transaction lost a race, was rolled back, and may be run again. Whoever ran it need not wait long.</summary>
    private static readonly HashSet<int> LostRaceNumbers =
    [
        1020, // the row changed since the snapshot (MariaDB with innodb_snapshot_isolation)
        1213, // deadlock; Galera also says so when it refuses a commit, or when another node's commit needs the rows of ours
        3101, // MySQL Group Replication refused the commit
    ];

    /// <summary>The server lives, but not for us now: full, shutting down, read-only, killed our connection, cluster node not ready.</summary>
    private static readonly HashSet<int> UnavailableNumbers =
    [
        1040, // too many connections
        1042, // cannot resolve or reach the host (also used by drivers for "unable to connect")
        1043, // bad handshake, seen while a server goes down
        1047, // WSREP: node not ready
        1053, // shutdown in progress
        1077, 1079, // normal shutdown, shutdown complete
        1180, // the commit itself failed: a Galera node that lost its cluster in the middle of it
        1129, // host blocked after connection errors
        1152, 1158, 1159, 1160, 1161, // aborted connection, network read and write errors
        1184, // aborted connection
        1203, 1226, // user has too many connections
        1290, 1836, // the server runs read-only (failover)
        1317, // query interrupted (KILL, shutdown)
        1927, // connection was killed
        2002, 2003, 2006, 2013, 2055, // client side: cannot connect, gone away, lost
        3100, // MySQL Group Replication could not ask its group about the commit
        4031, // disconnected for inactivity
    ];

    /// <summary>Answers of a server that may come after a commit has begun, so that they do not tell how it ended.</summary>
    private static readonly HashSet<int> OutcomeOpenNumbers =
        [1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1317, 1927, 3100, 4031];

    public static int? ServerErrorNumber(this Exception exception) =>
        exception is DbException && exception.Data["Server Error Code"] is { } number ? Convert.ToInt32(number) : null;

    /// <param name="keyName">When given, only for this key; the server names it in the message.</param>
    public static bool IsDuplicateKey(this Exception exception, string? keyName = null) =>
        exception.ServerErrorNumber() == DuplicateEntry
        && (keyName is null || exception.Message.Contains(keyName, StringComparison.Ordinal));

    internal static bool IsNoSuchTable(this Exception exception) => exception.ServerErrorNumber() == NoSuchTable;

    /// <summary>Deadlock, lock timeout, or a commit that a cluster refused: nothing was written, and the transaction may be run again.</summary>
    public static bool IsLockConflict(this Exception exception) => exception.IsLostRace() || exception.IsLockTimeout();

    internal static bool IsLostRace(this Exception exception) =>
        exception.ServerErrorNumber() is { } number && LostRaceNumbers.Contains(number);

    internal static bool IsLockTimeout(this Exception exception) => exception.ServerErrorNumber() == LockWaitTimeout;

    /// <summary>
    /// Whether the server itself said no, so that the transaction is certainly not committed. Everything else that can go wrong
    /// once a COMMIT is on its way leaves the outcome open.
    /// </summary>
    internal static bool IsRefusal(this Exception exception) =>
        exception.ServerErrorNumber() is { } number && number is >= 1000 and (< 2000 or >= 3000) && !OutcomeOpenNumbers.Contains(number);

    /// <summary>Whether the connection itself is gone: nothing that the server said.</summary>
    internal static bool IsBroken(this Exception exception) =>
        exception is not DataUnavailableException && exception.IsUnavailable(CancellationToken.None)
        && exception.ServerErrorNumber() is not (>= 1000 and (< 2000 or >= 3000));

    /// <summary>Whether the connection or the server failed, rather than the statement.</summary>
    /// <param name="cancellationToken">The caller's own cancellation is not a failure of the database.</param>
    internal static bool IsUnavailable(this Exception exception, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return false;
        return exception switch
        {
            DataUnavailableException => false,
            DbException => exception.ServerErrorNumber() is not { } number
                || number < 1000 || UnavailableNumbers.Contains(number),
            SocketException or IOException or TimeoutException or ObjectDisposedException => true,
            // What drivers throw when they find the connection closed under them.
            InvalidOperationException => exception.Message.Contains("connection", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }
}
