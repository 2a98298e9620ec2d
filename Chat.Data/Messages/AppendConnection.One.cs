using System.Data.Common;

namespace Chat.Data.Messages;

/// <summary>The batch of an hour that is not busy: one plain text, in one round trip.</summary>
internal sealed partial class AppendConnection
{
    private const int MaxKnownSpecial = 1_000;

    /// <summary>Chats that were seen to want more of a message than that it is written.</summary>
    private readonly HashSet<long> _special = [];

    private const string LockOneSql = """
        BEGIN;
        SELECT last_message_id, roster_version, slow_mode_seconds, disappear_seconds FROM chats WHERE chat_id =
        """;

    // {0}: the rest of the row that is written, which comes from here.
    private const string InsertOneSql = """
        INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, message_text, sent_at)
        SELECT chat_id, last_message_id + 1, {0}, 'text', @t0, @now FROM chats
        """;

    private const string MoveOneSql = "UPDATE chats SET last_message_at = @now, last_message_id = last_message_id + 1";

    /// <summary>
    /// The row is locked before it is read, so that the statements after that see the same. They write nothing where the sender has to be
    /// looked up again, or where the chat has slow mode or a timer: the condition finds no row then, and the COMMIT has nothing to commit.
    /// </summary>
    private string StoreOneSql(PendingMessage only, long version)
    {
        var condition = Inv($"WHERE chat_id = {only.ChatId} AND roster_version = {version} AND slow_mode_seconds = 0 AND disappear_seconds = 0");
        var key = Inv($"{only.Message.ShownSenderId}, {SqlLiterals.Of(only.Message.ClientMessageId)}");
        return _sql.Clear()
            .Append(LockOneSql).Append(' ').Append(only.ChatId).Append(" FOR UPDATE;\n")
            .Append(InsertOneSql.Replace("{0}", key, StringComparison.Ordinal)).Append('\n').Append(condition).Append(";\n")
            .Append(MoveOneSql).Append('\n').Append(condition).Append(";\n")
            .Append("COMMIT").ToString();
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
        var head = await ReadHeadAsync(command);
        if (head is not { } found || found.RosterVersion != version || found.SlowModeSeconds > 0 || found.DisappearSeconds > 0)
        {
            batch.CommitSent = false;
            if (head is { SlowModeSeconds: > 0 } or { DisappearSeconds: > 0 }) Remember(only.ChatId);
            return false;
        }
        batch.AddHead(only.ChatId, found.LastMessageId, found.RosterVersion);
        batch.Plan();
        return true;
    }

    /// <summary>Runs it to its end: an error of a later statement comes with that statement's result.</summary>
    private static async Task<Head?> ReadHeadAsync(DbCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync();
        Head? head = null;
        do
        {
            if (reader.FieldCount > 0 && await reader.ReadAsync())
                head = new Head(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt32(3));
        }
        while (await reader.NextResultAsync());
        return head;
    }

    private void Remember(long chatId)
    {
        if (_special.Count == MaxKnownSpecial) _special.Clear();
        _special.Add(chatId);
    }

    private readonly record struct Head(long LastMessageId, long RosterVersion, int SlowModeSeconds, int DisappearSeconds);
}
