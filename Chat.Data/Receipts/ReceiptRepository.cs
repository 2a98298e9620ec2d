using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Chat.Data.Receipts;

/// <summary>
/// The SQL of a batch of receipts: two round trips whatever its size (three on a Galera cluster), besides begin and commit. The texts are built per batch and hold numbers only,
/// so they go to the driver directly: Dapper would remember each of them.
/// </summary>
internal sealed class ReceiptRepository(ChatDatabase database, int commandTimeoutSeconds)
{
    public Task StoreAsync(ReceiptBatch batch, DateTime now) =>
        database.InTransactionAsync(async (connection, transaction) =>
        {
            batch.Reset();
            await ReadAsync(connection, transaction, batch);
            batch.Plan();
            if (batch.Advanced.Count > 0) await WriteAsync(connection, transaction, batch, now);
            return true;
        }, CancellationToken.None);

    // The last ids are read without a lock: they only grow, and a mark names a message that its sender has seen committed.
    // The participants are locked in ascending order, so that two nodes wait for each other instead of deadlocking, and
    // through the primary key, so that nothing but their rows is locked.
    private const string ReadSql = """
        SELECT chat_id, last_message_id, chat_type = 'channel' FROM chats WHERE chat_id IN ({0});
        SELECT chat_id, user_id, delivered_up_to, read_up_to
        FROM chat_participants FORCE INDEX (PRIMARY)
        WHERE left_at IS NULL AND ({1})
        ORDER BY chat_id, user_id
        FOR UPDATE
        """;

    private async Task ReadAsync(DbConnection connection, DbTransaction transaction, ReceiptBatch batch)
    {
        var chats = string.Join(',', batch.Participants.Select(p => p.ChatId).Distinct());
        var participants = string.Join(" OR ", batch.Participants.Select(p =>
            string.Create(CultureInfo.InvariantCulture, $"(chat_id = {p.ChatId} AND user_id = {p.UserId})")));
        var sql = ReadSql.Replace("{0}", chats, StringComparison.Ordinal).Replace("{1}", participants, StringComparison.Ordinal);

        await using var command = Command(connection, transaction, sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) batch.AddChat(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2) == 1);
        await reader.NextResultAsync();
        while (await reader.ReadAsync())
            batch.AddParticipant(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    private const string InsertStatusSql = """
        INSERT INTO message_status (chat_id, user_id, status, message_id, status_updated_at) VALUES
        """;

    private const string KeepFirstStatusSql = """
         ON DUPLICATE KEY UPDATE status_updated_at = status_updated_at
        """;

    // An update, joined with the new marks so that it moves many rows to different values in one pass. Not an upsert: an
    // INSERT, also one that ends as an update, checks the foreign key first and so waits for whoever is sending in the chat.
    private const string MoveMarksSql = """
        UPDATE (
        """;

    private const string OnlyForwardSql = """
        ) moved
        STRAIGHT_JOIN chat_participants p FORCE INDEX (PRIMARY) ON p.chat_id = moved.chat_id AND p.user_id = moved.user_id
        SET p.delivered_up_to = GREATEST(p.delivered_up_to, moved.delivered), p.read_up_to = GREATEST(p.read_up_to, moved.seen)
        """;

    private async Task WriteAsync(DbConnection connection, DbTransaction transaction, ReceiptBatch batch, DateTime now)
    {
        var insert = new StringBuilder(InsertStatusSql);
        Append(insert, batch.Steps, separator: ",", (text, step) =>
            text.Append(CultureInfo.InvariantCulture, $"({step.ChatId},{step.UserId},'{step.Status}',{step.MessageId},@now)"));
        insert.Append(KeepFirstStatusSql);
        var move = new StringBuilder(MoveMarksSql);
        Append(move, batch.Advanced, separator: " UNION ALL ", (text, a) => text.Append(
            CultureInfo.InvariantCulture, $"SELECT {a.ChatId} AS chat_id, {a.UserId} AS user_id, {a.DeliveredUpTo} AS delivered, {a.ReadUpTo} AS seen"));
        move.Append(OnlyForwardSql);

        // Marks in channels alone leave no such row.
        var commands = batch.Steps.Count == 0 ? [move]
            : database.OneStatementAtATime ? [insert, move]
            : new[] { insert.Append(";\n").Append(move) };
        foreach (var sql in commands)
        {
            await using var command = Command(connection, transaction, sql.ToString());
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("@now", now);
            command.Parameters.Add(parameter);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static void Append<T>(StringBuilder sql, IReadOnlyList<T> rows, string separator, Action<StringBuilder, T> append)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            sql.Append(i == 0 ? " " : separator);
            append(sql, rows[i]);
        }
    }

    private DbCommand Command(DbConnection connection, DbTransaction transaction, string sql)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.CommandTimeout = commandTimeoutSeconds;
        return command;
    }
}
