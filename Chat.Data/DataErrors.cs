using System.Data.Common;
using System.Net.Sockets;

namespace Chat.Data;

/// <summary>The database cannot be reached or went away. Safe to try again; whether a commit under way took place is unknown.</summary>
public sealed class DataUnavailableException(Exception inner) : Exception("The database is not available.", inner);

/// <summary>
/// Reads the server's error number the way that every driver offers it: <c>Data["Server Error Code"]</c>.
/// Numbers: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html and the client's 2000-2061.
/// </summary>
public static class DataErrors
{
    private const int DuplicateEntry = 1062;
    private const int NoSuchTable = 1146;
    private const int LockWaitTimeout = 1205;
    private const int Deadlock = 1213;

    /// <summary>The server lives, but not for us now: full, shutting down, read-only, killed our connection, cluster node not ready.</summary>
    private static readonly HashSet<int> UnavailableNumbers =
    [
        1040, // too many connections
        1042, // cannot resolve or reach the host (also used by drivers for "unable to connect")
        1043, // bad handshake, seen while a server goes down
        1047, // WSREP: node not ready
        1053, // shutdown in progress
        1077, 1079, // normal shutdown, shutdown complete
        1129, // host blocked after connection errors
        1152, 1158, 1159, 1160, 1161, // aborted connection, network read and write errors
        1184, // aborted connection
        1203, 1226, // user has too many connections
        1290, 1836, // the server runs read-only (failover)
        1317, // query interrupted (KILL, shutdown)
        1927, // connection was killed
        2002, 2003, 2006, 2013, 2055, // client side: cannot connect, gone away, lost
        4031, // disconnected for inactivity
    ];

    public static int? ServerErrorNumber(this Exception exception) =>
        exception is DbException && exception.Data["Server Error Code"] is { } number ? Convert.ToInt32(number) : null;

    /// <param name="keyName">When given, only for this key; the server names it in the message.</param>
    public static bool IsDuplicateKey(this Exception exception, string? keyName = null) =>
        exception.ServerErrorNumber() == DuplicateEntry
        && (keyName is null || exception.Message.Contains(keyName, StringComparison.Ordinal));

    internal static bool IsNoSuchTable(this Exception exception) => exception.ServerErrorNumber() == NoSuchTable;

    /// <summary>Deadlock or lock timeout: the transaction may be run again. A cluster that refuses a commit reports a deadlock too.</summary>
    public static bool IsLockConflict(this Exception exception) =>
        exception.ServerErrorNumber() is Deadlock or LockWaitTimeout;

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
