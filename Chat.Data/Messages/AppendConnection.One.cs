using System.Data.Common;
using System.Globalization;

namespace Chat.Data.Messages;

/// <summary>The batch of an hour that is not busy: one plain text, in one round trip.</summary>
internal sealed partial class AppendConnection
{
    private const int MaxKnownSpecial = 1_000;

    /// <summary>Chats that were seen to want more of a message than that it is written: they go the usual way at once.</summary>
    private readonly HashSet<long> _special = [];

    // LAST_INSERT_ID remembers the number for the statements after this one.
    private const string MoveOneSql = """
        BEGIN;
        UPDATE chats SET last_message_at = @now, last_message_id = LAST_INSERT_ID(last_message_id + 1)
        """;

    // {0}: the chat, {1}: the sender and the client's id. Only after an UPDATE that found the chat as it has to be.
    private const string InsertOneSql = """
        INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, message_text, sent_at)
        SELECT {0}, LAST_INSERT_ID(), {1}, 'text', @t0, @now FROM DUAL WHERE ROW_COUNT() = 1
        """;

    private const string NumberOfOneSql = "SELECT ROW_COUNT(), LAST_INSERT_ID()";

    /// <summary>
    /// The update locks the chat's row. It finds none where the sender has to be looked up again, or where the chat has slow mode or a timer:
    /// then nothing is inserted, and the COMMIT has nothing to commit.
    /// </summary>
    private string StoreOneSql(PendingMessage only, long version)
    {
        var chatId = only.ChatId.ToString(CultureInfo.InvariantCulture);
        var key = Inv($"{only.Message.ShownSenderId}, {SqlLiterals.Of(only.Message.ClientMessageId)}");
        return _sql.Clear()
            .Append(MoveOneSql)
            .Append(Inv($"\nWHERE chat_id = {chatId} AND roster_version = {version} AND slow_mode_seconds = 0 AND disappear_seconds = 0;\n"))
            .Append(InsertOneSql.Replace("{0}", chatId, StringComparison.Ordinal).Replace("{1}", key, StringComparison.Ordinal)).Append(";\n")
            .Append(NumberOfOneSql).Append(";\nCOMMIT").ToString();
    }

    /// <returns>False when nothing was written, and the message has to go the usual way.</returns>
    private async Task<bool> TryStoreOneAsync(DbConnection connection, AppendBatch batch, PendingMessage only)
    {
        // A cluster tells of a conflict at the COMMIT only where it comes by itself.
        if (database.OneStatementAtATime || _special.Contains(only.ChatId)) return false;
        var version = only.Chat!.CheckedVersion;
        await using var command = Command(connection, StoreOneSql(only, version));
        command.AddParameter("@now", batch.Now);
        command.AddParameter(ParameterNames.At(0), only.Message.Text!);

        batch.CommitSent = true;
        if (await ReadNumberAsync(command) is not { } number)
        {
            batch.CommitSent = false;
            return false;
        }
        batch.AddHead(only.ChatId, number - 1, version);
        batch.Plan();
        return true;
    }

    /// <summary>Runs it to its end: an error of a later statement comes with that statement's result.</summary>
    private static async Task<long?> ReadNumberAsync(DbCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync();
        long? number = null;
        do
        {
            // The second one comes unsigned.
            if (reader.FieldCount > 0 && await reader.ReadAsync() && reader.GetInt64(0) == 1)
                number = Convert.ToInt64(reader.GetValue(1), CultureInfo.InvariantCulture);
        }
        while (await reader.NextResultAsync());
        return number;
    }

    private void RememberSpecial(AppendBatch batch)
    {
        foreach (var chat in batch.Chats)
        {
            if (chat.IsOrdinary) continue;
            if (_special.Count == MaxKnownSpecial) _special.Clear();
            _special.Add(chat.ChatId);
        }
    }
}
