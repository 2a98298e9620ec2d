using System.Data.Common;
using Dapper;

namespace Chat.Data.Messages;

/// <summary>Where a page of history lies.</summary>
public enum HistoryAnchor
{
    /// <summary>The newest messages below the id.</summary>
    Before,

    /// <summary>The oldest messages above the id.</summary>
    After,
}

/// <summary>How a participant stands in a chat.</summary>
/// <param name="VisibleFrom">The first message id that the participant may see.</param>
/// <param name="OthersDeliveredUpTo">The lowest mark of the other participants; the chat's last id where there is none.</param>
/// <param name="LastChangeId">How far the changes of old messages count.</param>
public sealed record ChatPosition(
    long VisibleFrom,
    long LastMessageId,
    long DeliveredUpTo,
    long ReadUpTo,
    long OthersDeliveredUpTo,
    long OthersReadUpTo,
    long LastChangeId = 0);

/// <summary>
/// Reads history for one participant. Every page goes through the participant's own row on the primary, so that nobody reads
/// a chat that they are not in, whatever a cache or a replica says, and nothing from before they joined.
/// </summary>
/// <param name="replica">Takes pages off the primary, where there is one.</param>
public sealed class HistoryRepository(ChatDatabase database, ReadReplica? replica = null) : IHistoryReader
{
    public Task<(ChatPosition Position, IReadOnlyList<MessageRow> Messages)?> ReadAsync(
        long chatId, long userId, HistoryAnchor anchor, long messageId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(async connection =>
        {
            var position = await FindPositionAsync(connection, chatId, userId);
            if (position is null) return ((ChatPosition, IReadOnlyList<MessageRow>)?)null;
            var messages = await PageAsync(connection, chatId, userId, anchor, messageId, limit);
            return (position, messages);
        }, cancellationToken);

    public async Task<(ChatPosition Position, IReadOnlyList<MessageRow> Messages)?> ReadPageAsync(
        long chatId, long userId, HistoryAnchor anchor, long messageId, int limit, CancellationToken cancellationToken)
    {
        if (replica is null) return await ReadAsync(chatId, userId, anchor, messageId, limit, cancellationToken);

        var wanted = anchor is HistoryAnchor.Before
            ? new ReplicaPages(chatId, Before: messageId, Older: limit, After: 0, Newer: 0)
            : new ReplicaPages(chatId, Before: 0, Older: 0, After: messageId, Newer: limit);
        var (position, pages) = await TryReplicaAsync(replica, wanted, userId, cancellationToken);
        if (position is null) return null;
        return pages is { } read
            ? (position, anchor is HistoryAnchor.Before ? read.Older : read.Newer)
            : await ReadAsync(chatId, userId, anchor, messageId, limit, cancellationToken);
    }

    public async Task<(ChatPosition Position, IReadOnlyList<MessageRow> Older, IReadOnlyList<MessageRow> Newer)?> ReadAroundAsync(
        long chatId, long userId, long messageId, int older, int newer, CancellationToken cancellationToken)
    {
        if (replica is not null)
        {
            var wanted = new ReplicaPages(chatId, Before: messageId + 1, Older: older, After: messageId, Newer: newer);
            var (position, pages) = await TryReplicaAsync(replica, wanted, userId, cancellationToken);
            if (position is null) return null;
            if (pages is { } read) return (position, read.Older, read.Newer);
        }
        return await database.QueryAsync(async connection =>
        {
            var position = await FindPositionAsync(connection, chatId, userId);
            if (position is null) return ((ChatPosition, IReadOnlyList<MessageRow>, IReadOnlyList<MessageRow>)?)null;
            var before = await PageAsync(connection, chatId, userId, HistoryAnchor.Before, messageId + 1, older);
            var after = await PageAsync(connection, chatId, userId, HistoryAnchor.After, messageId, newer);
            return (position, before, after);
        }, cancellationToken);
    }

    /// <returns>The position on the primary, null for who is not in the chat; the pages, null when the primary must be asked.</returns>
    private async Task<(ChatPosition? Position, TwoPages? Pages)> TryReplicaAsync(
        ReadReplica from, ReplicaPages wanted, long userId, CancellationToken cancellationToken)
    {
        var position = await database.QueryAsync(connection => FindPositionAsync(connection, wanted.ChatId, userId), cancellationToken);
        if (position is null) return (null, null);
        return (position, await from.TryReadAsync((connection, limited) => wanted.ReadAsync(connection, position, limited), cancellationToken));
    }

    private static Task<ChatPosition?> FindPositionAsync(DbConnection connection, long chatId, long userId) =>
        connection.QuerySingleOrDefaultAsync<ChatPosition?>(PositionSql, new { ChatId = chatId, UserId = userId });

    private const string PositionSql = """
        SELECT me.visible_from, c.last_message_id, me.delivered_up_to, me.read_up_to,
          COALESCE((SELECT MIN(o.delivered_up_to) FROM chat_participants o
            WHERE o.chat_id = c.chat_id AND o.left_at IS NULL AND o.user_id <> @UserId), c.last_message_id) AS others_delivered_up_to,
          COALESCE((SELECT MIN(o.read_up_to) FROM chat_participants o
            WHERE o.chat_id = c.chat_id AND o.left_at IS NULL AND o.user_id <> @UserId), c.last_message_id) AS others_read_up_to,
          c.last_change_id
        FROM chat_participants me
        JOIN chats c ON c.chat_id = me.chat_id
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL
        """;

    private static async Task<IReadOnlyList<MessageRow>> PageAsync(
        DbConnection connection, long chatId, long userId, HistoryAnchor anchor, long messageId, int limit)
    {
        if (limit <= 0) return [];
        var rows = (await connection.QueryAsync<MessageRow>(
            anchor is HistoryAnchor.Before ? BeforeSql : AfterSql,
            new { ChatId = chatId, UserId = userId, MessageId = messageId, Limit = limit })).AsList();
        if (anchor is HistoryAnchor.Before) rows.Reverse();
        return rows;
    }

    // The participant's row is one primary-key look-up; the messages are one range of the clustered index.
    private const string VisibleMessages = """
        SELECT m.chat_id, m.message_id, m.sender_id, m.client_message_id, m.message_type, m.message_text, m.body, m.sent_at
        FROM chat_participants me
        JOIN messages m ON m.chat_id = me.chat_id AND m.message_id >= me.visible_from
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL
        """;

    private const string BeforeSql = $"""
        {VisibleMessages}
          AND m.message_id < @MessageId
        ORDER BY m.message_id DESC
        LIMIT @Limit
        """;

    private const string AfterSql = $"""
        {VisibleMessages}
          AND m.message_id > @MessageId
        ORDER BY m.message_id
        LIMIT @Limit
        """;
}
