using System.Data.Common;
using System.Globalization;
using System.Text;
using Chat.Data.Chats;

namespace Chat.Data.Messages;

/// <param name="LastHiddenId">The last message that is hidden from the participant; 0 for none.</param>
/// <param name="ReadAt">The database's clock, by which messages expire.</param>
internal sealed record FoundPosition(long ChatId, ChatPosition Position, ChatVersion Version, long LastHiddenId, DateTime ReadAt)
{
    /// <param name="tail">None of which is hidden from the participant.</param>
    public IReadOnlyList<MessageRow> Visible(IReadOnlyList<MessageRow> tail, long from) =>
        [.. tail.Where(row => row.MessageId >= from && !(row.ExpiresAt <= ReadAt))];
}

/// <summary>Reads where a participant stands in a chat, on the primary.</summary>
internal static class PositionReading
{
    // {0}: the chat, {1}: the participant. One pass over the others for both marks, which come as one text. In a channel nobody asks how far its readers are.
    private static readonly CompositeFormat Sql = CompositeFormat.Parse("""
        SELECT me.visible_from, me.delivered_up_to, me.read_up_to, me.last_hide_id, c.chat_type, c.last_message_id, c.last_change_id, c.last_message_at,
          IF(me.last_hide_id > 0 OR c.chat_type = 'direct', (SELECT h.message_id FROM hidden_messages h FORCE INDEX (PRIMARY)
           WHERE h.chat_id = {0} AND h.user_id = {1} ORDER BY h.message_id DESC LIMIT 1), NULL) AS last_hidden_id,
          (SELECT CONCAT_WS(':', COUNT(*), MIN(o.delivered_up_to), MIN(o.read_up_to)) FROM chat_participants o FORCE INDEX (PRIMARY)
           WHERE o.chat_id = IF(c.chat_type = 'channel', NULL, c.chat_id) AND o.left_at IS NULL AND o.user_id <> {1}) AS others,
          UTC_TIMESTAMP(6) AS read_at
        FROM chat_participants me FORCE INDEX (PRIMARY)
        JOIN chats c ON c.chat_id = me.chat_id
        WHERE me.chat_id = {0} AND me.user_id = {1} AND me.left_at IS NULL
        """);

    /// <returns>Null for who is not in the chat.</returns>
    public static async Task<FoundPosition?> FindAsync(DbConnection connection, long chatId, long userId)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Text(chatId, userId);
        await using var reader = await command.ExecuteReaderAsync();
        return await ReadAsync(chatId, reader);
    }

    /// <summary>The same, for who needs nothing else through the same connection.</summary>
    public static Task<FoundPosition?> FindAsync(ChatDatabase database, long chatId, long userId, CancellationToken cancellationToken) =>
        database.LookUpAsync(Text(chatId, userId), reader => ReadAsync(chatId, reader), cancellationToken);

    private static string Text(long chatId, long userId) => string.Format(CultureInfo.InvariantCulture, Sql, chatId, userId);

    private static async Task<FoundPosition?> ReadAsync(long chatId, DbDataReader reader) => await reader.ReadAsync() ? Position(chatId, reader) : null;

    private static FoundPosition Position(long chatId, DbDataReader row)
    {
        var version = new ChatVersion(row.GetInt64(5), row.GetInt64(6), row.UtcOrNull(7));
        var chatType = row.GetString(4);
        var others = Others.Read(row.GetString(9)).In(chatType, version);
        var position = new ChatPosition(
            row.GetInt64(0), version.LastMessageId, row.GetInt64(1), row.GetInt64(2), others.DeliveredUpTo, others.ReadUpTo,
            version.LastChangeId, row.GetInt64(3), chatType);
        return new FoundPosition(chatId, position, version, row.Number(8) ?? 0, row.Utc(10));
    }
}
