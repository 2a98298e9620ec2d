using System.Data.Common;
using System.Globalization;
using System.Text;
using Chat.Data.Permissions;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>
/// The SQL of the group commit, on a connection that its lane keeps. A batch costs two round trips: lock and read the
/// heads; insert, move the heads, commit (four on a Galera cluster, see <see cref="ChatDatabase.OneStatementAtATime"/>). A single plain text
/// costs one. The texts are built per batch, so they go to the driver directly: Dapper would remember each of them. Numbers and UUIDs
/// stand in the text as literals, everything that a user wrote is a parameter.
/// </summary>
internal sealed partial class AppendConnection(ChatDatabase database, int commandTimeoutSeconds, TimeProvider time) : IAsyncDisposable
{
    private readonly StringBuilder _sql = new();
    private DbConnection? _connection;
    private long _usedAt;

    /// <summary>
    /// Stores a batch. On an exception nothing is stored, unless the batch says that its commit was on the way and the exception
    /// is no refusal: the server runs the statements of one command up to the first that fails, and a COMMIT that a cluster
    /// refuses fails as such.
    /// </summary>
    public async Task StoreAsync(AppendBatch batch)
    {
        batch.Reset();
        if (_connection is not null && time.GetElapsedTime(_usedAt) > SessionSettings.TrustUnused) await LookAsync(_connection);
        _connection ??= await database.OpenAsync(CancellationToken.None);
        _usedAt = time.GetTimestamp();
        if (batch.OnlyPlain is { } only && await TryStoreOneAsync(_connection, batch, only)) return;

        await LockHeadsAsync(_connection, batch);
        RememberSpecial(batch);
        if (batch.ChecksSenders) await CheckSendersAsync(_connection, batch);
        if (batch.LooksForRepeats) await FindRepeatedAsync(_connection, batch);
        batch.Plan();

        if (batch.ToInsert.Count > 0)
            await InsertAsync(_connection, batch);
        else
            await RollBackAsync();
    }

    /// <summary>Lets go of a connection that nobody used for a while, unless it still lives.</summary>
    private async Task LookAsync(DbConnection connection)
    {
        try
        {
            await connection.ExecuteAsync("DO 0", commandTimeout: commandTimeoutSeconds);
        }
        catch (Exception)
        {
            await DiscardAsync();
        }
    }

    public async Task RollBackAsync()
    {
        if (_connection is null) return;
        try
        {
            await _connection.ExecuteAsync("ROLLBACK", commandTimeout: commandTimeoutSeconds);
        }
        catch (Exception)
        {
            await DiscardAsync();
        }
    }

    /// <summary>Drops the connection: its state is unknown. The server rolls back what it left open.</summary>
    public async Task DiscardAsync()
    {
        if (_connection is null) return;
        try
        {
            // A pooled connection must not take an open transaction along to its next user.
            if (_connection.State == System.Data.ConnectionState.Open)
                await _connection.ExecuteAsync("ROLLBACK", commandTimeout: 2);
        }
        catch (Exception)
        {
            // The driver has found out that it is broken, and will not pool it. What it throws then is its own affair;
            // here it would end the lane for good.
        }
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is null) return;
        try
        {
            await _connection.DisposeAsync();
        }
        catch (Exception)
        {
            // It is dropped either way.
        }
        _connection = null;
    }

    // Ascending ids: two nodes that batch the same chats wait for each other instead of deadlocking. FORCE INDEX, here and
    // in the update: where a batch holds a good part of a small table, the optimizer would rather scan it all, and so lock
    // the chats of other lanes and nodes as well. One command also on a Galera cluster: until the SELECT there is no lock to lose.
    private const string LockHeadsSql = """
        BEGIN;
        SELECT chat_id, last_message_id, roster_version, slow_mode_seconds, disappear_seconds
        FROM chats FORCE INDEX (PRIMARY)
        WHERE chat_id IN ({0})
        ORDER BY chat_id
        FOR UPDATE
        """;

    private async Task LockHeadsAsync(DbConnection connection, AppendBatch batch)
    {
        await using var command = Command(connection, LockHeadsSql.Replace("{0}", string.Join(',', batch.ChatIds), StringComparison.Ordinal));
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            batch.AddHead(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt32(3), reader.GetInt32(4));
    }

    // Under the chat's lock nobody can change who is in it and what they may do, so this answer holds until the commit.
    private const string CheckSendersSql = """
        SELECT p.chat_id, p.user_id, c.chat_type, c.default_permissions, p.role, own.allowed, p.silenced_until, p.last_sent_at
        FROM chat_participants p
        JOIN chats c ON c.chat_id = p.chat_id
        LEFT JOIN permissions own ON own.chat_id = p.chat_id AND own.user_id = p.user_id
        WHERE p.left_at IS NULL AND ({0})
        """;

    private async Task CheckSendersAsync(DbConnection connection, AppendBatch batch)
    {
        var condition = string.Join(" OR ", batch.SendersToCheck().Select(s => Inv($"(p.chat_id = {s.ChatId} AND p.user_id = {s.UserId})")));
        await using var command = Command(connection, CheckSendersSql.Replace("{0}", condition, StringComparison.Ordinal));
        await using var reader = await command.ExecuteReaderAsync();
        foreach (var row in reader.Parse<SenderRow>()) batch.AddSender(row.ToSender());
    }

    private sealed record SenderRow(
        long ChatId, long UserId, string ChatType, int DefaultPermissions, string Role, int? Allowed, DateTime? SilencedUntil, DateTime? LastSentAt)
    {
        public BatchSender ToSender() => new(
            ChatId, UserId, ChatType, Role,
            ChatRights.Of(ChatType, (ChatPermissions)DefaultPermissions, Role, (ChatPermissions?)Allowed), SilencedUntil, LastSentAt);
    }

    private const string FindRepeatedSql = $$"""
        SELECT {{MessageColumns.OfM}}
        FROM messages m
        WHERE {0}
        """;

    private async Task FindRepeatedAsync(DbConnection connection, AppendBatch batch)
    {
        var condition = string.Join(" OR ", batch.Keys.Select(k =>
            Inv($"(chat_id = {k.ChatId} AND sender_id = {k.SenderId} AND client_message_id = {SqlLiterals.Of(k.ClientMessageId)})")));
        await using var command = Command(connection, FindRepeatedSql.Replace("{0}", condition, StringComparison.Ordinal));
        List<MessageRow> rows;
        await using (var reader = await command.ExecuteReaderAsync()) rows = [.. reader.Parse<MessageRow>()];
        var readers = await RepeatReaders.FindAsync(connection, rows, commandTimeoutSeconds);
        foreach (var row in rows) batch.AddRepeated(row, readers.GetValueOrDefault((row.ChatId, row.MessageId)));
    }

    private DbCommand Command(DbConnection connection, string? sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = commandTimeoutSeconds;
        return command;
    }

    private static string Inv(FormattableString text) => FormattableString.Invariant(text);
}
