using System.Data.Common;
using Dapper;

namespace Chat.Server.Tests.Support;

/// <summary>Row locks that somebody else holds, until this is disposed.</summary>
internal sealed class HeldLock : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;

    private HeldLock(DbConnection connection, DbTransaction transaction) => (_connection, _transaction) = (connection, transaction);

    public static Task<HeldLock> OnChatAsync(TestDatabase database, long chatId) =>
        TakeAsync(database, "SELECT chat_id FROM chats WHERE chat_id = @chatId FOR UPDATE", new { chatId });

    public static Task<HeldLock> OnParticipantAsync(TestDatabase database, long chatId, long userId) =>
        TakeAsync(database, "SELECT user_id FROM chat_participants WHERE chat_id = @chatId AND user_id = @userId FOR UPDATE", new { chatId, userId });

    /// <summary>Ends the connections on which a single message waits for the row of this chat; on a cluster each goes the usual way of a batch.</summary>
    /// <returns>False when none does yet.</returns>
    public static async Task<bool> KillWaitingForChatAsync(TestDatabase database, long chatId)
    {
        var ids = await database.ListAsync<long>(
            $"""
            SELECT id FROM information_schema.processlist
            WHERE db = DATABASE() AND id <> CONNECTION_ID()
              AND (info LIKE '%UPDATE chats SET %chat_id = {chatId} AND%' OR info LIKE '%FROM chats %chat_id IN ({chatId})%FOR UPDATE%')
            """);
        foreach (var id in ids) await database.ExecuteAsync($"KILL {id}");
        return ids.Count > 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.RollbackAsync();
        await _transaction.DisposeAsync();
        await _connection.ExecuteAsync(Timeout(5));
        await _connection.DisposeAsync();
    }

    private static async Task<HeldLock> TakeAsync(TestDatabase database, string sql, object parameters)
    {
        var connection = await database.Database.OpenAsync(CancellationToken.None);
        // Ours would be given up after a few seconds; a test may take its time.
        await connection.ExecuteAsync(Timeout(60));
        var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(sql, parameters, transaction);
        return new HeldLock(connection, transaction);
    }

    /// <summary>For MariaDB; MySQL has no such limit, and reads the other comment.</summary>
    private static string Timeout(int seconds) => $"/*M!100300 SET SESSION idle_transaction_timeout = {seconds} */ /*!80000 DO 0 */";
}
