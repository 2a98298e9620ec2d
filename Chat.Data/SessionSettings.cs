namespace Chat.Data;

/// <summary>What every connection asks of the server, once, when it is new.</summary>
internal static class SessionSettings
{
    /// <summary>
    /// A transaction of ours takes milliseconds. A node that stops in the middle of one (frozen, or cut off without a word) would hold its
    /// locks, and with them the chats of other nodes, for as long as the server believes in it: hours. So the server is to give it up.
    /// MariaDB ends a transaction that does nothing for 5 s; MySQL knows no such limit, and ends a connection that does nothing for 60 s.
    /// Each reads one of the comments, and only that.
    /// </summary>
    public const string Sql = "/*M!100300 SET SESSION idle_transaction_timeout = 5 */ /*!80000 SET SESSION wait_timeout = 60 */";

    /// <summary>A connection that was not used for longer may be dead: it is looked at before use, or let go of.</summary>
    public static readonly TimeSpan TrustUnused = TimeSpan.FromSeconds(15);
}
