using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Chat.Data.Receipts;

/// <summary>
/// The SQL of a batch of receipts: two round trips whatever its size (four on a Galera cluster). The texts are built per batch and hold
/// numbers only, so they go to the driver directly: Dapper would remember each of them. What the rows are looked up and moved by is one
/// JSON text, which the server reads faster than as many conditions, and much faster than as many SELECTs.
/// </summary>
internal sealed class ReceiptRepository(ChatDatabase database, int commandTimeoutSeconds)
{
    private readonly StringBuilder _sql = new();

    public Task StoreAsync(ReceiptBatch batch, DateTime now) =>
        database.InOwnTransactionAsync(async connection =>
        {
            batch.Reset();
            await ReadAsync(connection, batch);
            batch.Plan();
            await (batch.Advanced.Count > 0 ? WriteAsync(connection, batch, now) : ExecuteAsync(connection, "ROLLBACK"));
        });

    // The last ids are read without a lock: they only grow, and a mark names a message that its sender has seen committed.
    // The participants are locked in the order of the text, ascending, so that two nodes wait for each other instead of deadlocking,
    // and through the primary key, so that nothing but their rows is locked.
    private const string ReadSql = """
        BEGIN;
        SELECT chat_id, last_message_id, chat_type = 'channel' FROM chats WHERE chat_id IN ({0});
        SELECT p.chat_id, p.user_id, p.delivered_up_to, p.read_up_to
        FROM JSON_TABLE('[{1}]', '$[*]' COLUMNS (chat_id BIGINT PATH '$[0]', user_id BIGINT PATH '$[1]')) AS marked
        STRAIGHT_JOIN chat_participants p FORCE INDEX (PRIMARY) ON p.chat_id = marked.chat_id AND p.user_id = marked.user_id
        WHERE p.left_at IS NULL
        FOR UPDATE
        """;

    private async Task ReadAsync(DbConnection connection, ReceiptBatch batch)
    {
        var participants = Text(batch.Participants, (text, p) => text.Append(CultureInfo.InvariantCulture, $"[{p.ChatId},{p.UserId}]"));
        var sql = ReadSql.Replace("{0}", string.Join(',', batch.ChatIds), StringComparison.Ordinal).Replace("{1}", participants, StringComparison.Ordinal);

        await using var command = Command(connection, sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) batch.AddChat(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2) == 1);
        await reader.NextResultAsync();
        while (await reader.ReadAsync())
            batch.AddParticipant(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    private const string InsertStatusSql = """
        INSERT INTO message_status (chat_id, user_id, status, message_id, status_updated_at) VALUES {0}
        ON DUPLICATE KEY UPDATE status_updated_at = status_updated_at
        """;

    // An update, joined with the new marks so that it moves many rows to different values in one pass. Not an upsert: an
    // INSERT, also one that ends as an update, checks the foreign key first and so waits for whoever is sending in the chat.
    private const string MoveMarksSql = """
        UPDATE (
          SELECT chat_id, user_id, delivered, seen
          FROM JSON_TABLE('[{0}]', '$[*]' COLUMNS (
            chat_id BIGINT PATH '$[0]', user_id BIGINT PATH '$[1]', delivered BIGINT PATH '$[2]', seen BIGINT PATH '$[3]')) AS marks
        ) moved
        STRAIGHT_JOIN chat_participants p FORCE INDEX (PRIMARY) ON p.chat_id = moved.chat_id AND p.user_id = moved.user_id
        SET p.delivered_up_to = GREATEST(p.delivered_up_to, moved.delivered), p.read_up_to = GREATEST(p.read_up_to, moved.seen)
        """;

    private async Task WriteAsync(DbConnection connection, ReceiptBatch batch, DateTime now)
    {
        var statements = new List<string>(3);
        // Marks in channels alone leave no such row.
        if (batch.Steps.Count > 0)
        {
            var at = SqlLiterals.Of(now);
            var rows = Text(batch.Steps, (text, step) => text.Append(
                CultureInfo.InvariantCulture, $"({step.ChatId},{step.UserId},'{step.Status}',{step.MessageId},{at})"));
            statements.Add(InsertStatusSql.Replace("{0}", rows, StringComparison.Ordinal));
        }
        var marks = Text(batch.Advanced, (text, a) => text.Append(
            CultureInfo.InvariantCulture, $"[{a.ChatId},{a.UserId},{a.DeliveredUpTo},{a.ReadUpTo}]"));
        statements.Add(MoveMarksSql.Replace("{0}", marks, StringComparison.Ordinal));
        statements.Add("COMMIT");

        if (!database.OneStatementAtATime) statements = [string.Join(";\n", statements)];
        foreach (var sql in statements) await ExecuteAsync(connection, sql);
    }

    private string Text<T>(IReadOnlyList<T> rows, Action<StringBuilder, T> append)
    {
        _sql.Clear();
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0) _sql.Append(',');
            append(_sql, rows[i]);
        }
        return _sql.ToString();
    }

    private async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync();
    }

    private DbCommand Command(DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = commandTimeoutSeconds;
        return command;
    }
}
