using System.Data.Common;
using System.Globalization;

namespace Chat.Data.Messages;

/// <summary>What a batch writes.</summary>
internal sealed partial class AppendConnection
{
    private const string InsertSql = """
        INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, message_text, sent_at) VALUES
        """;

    // INTERVAL finds a chat among the ascending ids by halves: a CASE would be gone through from its start for each row.
    private const string MoveHeadsSql = "UPDATE chats FORCE INDEX (PRIMARY) SET";

    private async Task InsertAsync(DbConnection connection, AppendBatch batch)
    {
        await using var command = Command(connection, sql: null);
        var now = SqlLiterals.Of(batch.Now);

        _sql.Clear();
        if (batch.IsPlain) AppendInsert(command, batch, now);
        else await AppendInsertOfAnyTypeAsync(command, batch, now);
        if (database.OneStatementAtATime) await ExecuteAsync(command);
        else _sql.Append(";\n");

        AppendMoveHeads(batch, now);
        if (database.OneStatementAtATime) await ExecuteAsync(command);
        else _sql.Append(";\n");

        if (batch.SlowedSenders is { Count: > 0 } slowed)
        {
            AppendMoveSenders(slowed, now);
            if (database.OneStatementAtATime) await ExecuteAsync(command);
            else _sql.Append(";\n");
        }

        _sql.Append("COMMIT");
        batch.CommitSent = true;
        await ExecuteAsync(command);
    }

    private Task ExecuteAsync(DbCommand command)
    {
        command.CommandText = _sql.ToString();
        _sql.Clear();
        return command.ExecuteNonQueryAsync();
    }

    private void AppendInsert(DbCommand command, AppendBatch batch, string now)
    {
        _sql.Append(InsertSql);
        for (var i = 0; i < batch.ToInsert.Count; i++)
        {
            var pending = batch.ToInsert[i];
            var message = pending.Message;
            _sql.Append(i == 0 ? ' ' : ',');
            _sql.Append(CultureInfo.InvariantCulture,
                $"({pending.ChatId},{pending.Outcome.MessageId},{message.ShownSenderId},x'{message.ClientMessageId:N}','text',{ParameterNames.At(i)},{now})");
            command.AddParameter(ParameterNames.At(i), message.Text!);
        }
    }

    private const string InsertOfAnyTypeSql = """
        INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, message_text, body, sent_at, expires_at) VALUES
        """;

    /// <summary>For a batch that holds more than plain texts; leaves the last statement to be ended, as <see cref="AppendInsert"/> does.</summary>
    private async Task AppendInsertOfAnyTypeAsync(DbCommand command, AppendBatch batch, string now)
    {
        _sql.Append(InsertOfAnyTypeSql);
        for (var i = 0; i < batch.ToInsert.Count; i++)
        {
            var pending = batch.ToInsert[i];
            var message = pending.Message;
            var body = message.Body is null ? "NULL" : Inv($"@b{i}");
            _sql.Append(i == 0 ? ' ' : ',');
            _sql.Append(CultureInfo.InvariantCulture,
                $"({pending.ChatId},{pending.Outcome.MessageId},{message.ShownSenderId},x'{message.ClientMessageId:N}','{message.Type}',{ParameterNames.At(i)},{body},{now},{ExpiryName(command, pending)})");
            command.AddParameter(ParameterNames.At(i), (object?)message.Text ?? DBNull.Value);
            if (message.Body is not null) command.AddParameter(body, message.Body);
        }
        if (batch.ToInsert.Where(pending => pending.Outcome.ExpiresAt is not null).ToList() is { Count: > 0 } expiring)
        {
            if (database.OneStatementAtATime) await ExecuteAsync(command);
            else _sql.Append(";\n");
            AppendExpiring(command, expiring);
        }
        foreach (var table in batch.ToInsert.SelectMany(p => p.Message.Beside, (p, row) => (Pending: p, Row: row)).GroupBy(side => side.Row.Table))
        {
            if (database.OneStatementAtATime) await ExecuteAsync(command);
            else _sql.Append(";\n");
            _sql.Append(table.Key.Insert).Append(' ').AppendJoin(
                ',', table.Select(side => Inv($"({side.Pending.ChatId},{side.Pending.Outcome.MessageId},{side.Row.Value})")));
        }
    }

    private const string InsertExpiringSql = "INSERT INTO expiring_messages (expires_at, chat_id, message_id) VALUES ";

    private void AppendExpiring(DbCommand command, IEnumerable<PendingMessage> expiring) => _sql.Append(InsertExpiringSql).AppendJoin(
        ',', expiring.Select(pending => Inv($"({ExpiryName(command, pending)},{pending.ChatId},{pending.Outcome.MessageId})")));

    /// <summary>One parameter for each time that the chats of a batch have set: few.</summary>
    private static string ExpiryName(DbCommand command, PendingMessage pending)
    {
        if (pending.Outcome.ExpiresAt is not { } expiresAt) return "NULL";
        var name = Inv($"@e{(long)pending.Chat!.DisappearAfter.TotalSeconds}");
        if (!command.Parameters.Contains(name)) command.AddParameter(name, expiresAt);
        return name;
    }

    private void AppendMoveHeads(AppendBatch batch, string now)
    {
        var movedAt = batch.QuietChats is { Count: > 0 } quiet ? $"IF(chat_id IN ({string.Join(',', quiet)}), last_message_at, {now})" : now;
        var heads = batch.NewHeads.ToList();
        _sql.Append(MoveHeadsSql).Append(" last_message_at = ").Append(movedAt)
            .Append(", last_message_id = ELT(INTERVAL(chat_id,").AppendJoin(',', heads.Select(head => head.ChatId)).Append("),")
            .AppendJoin(',', heads.Select(head => head.LastMessageId)).Append(") WHERE chat_id IN (")
            .AppendJoin(',', heads.Select(head => head.ChatId)).Append(')');
    }

    private const string MoveSendersSql = "UPDATE chat_participants FORCE INDEX (PRIMARY) SET last_sent_at =";

    private void AppendMoveSenders(IReadOnlyList<BatchSender> senders, string now) => _sql.Append(MoveSendersSql)
        .Append(' ').Append(now).Append(" WHERE ").AppendJoin(" OR ", senders.Select(s => Inv($"(chat_id = {s.ChatId} AND user_id = {s.UserId})")));
}
