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
/// <param name="OthersDeliveredUpTo">The lowest mark of the other participants; the chat's last id where there is none. 0 in a channel.</param>
/// <param name="LastChangeId">How far the changes of old messages count.</param>
/// <param name="LastHideId">How far the participant's own hidings count, and changes of what was withheld from the other.</param>
public sealed record ChatPosition(
    long VisibleFrom,
    long LastMessageId,
    long DeliveredUpTo,
    long ReadUpTo,
    long OthersDeliveredUpTo,
    long OthersReadUpTo,
    long LastChangeId = 0,
    long LastHideId = 0,
    string ChatType = "")
{
    public bool IsDirect => ChatType == "direct";

    public bool IsChannel => ChatType == "channel";
}

/// <summary>How far a client's changes, and its user's own hidings, count. Null for one that holds no messages yet.</summary>
public sealed record SyncMarks(long? Changes, long? Hidings);

/// <summary>What a client missed.</summary>
/// <param name="Position">Read first.</param>
/// <param name="Messages">One more than the limit where there are more.</param>
/// <param name="Changed">Messages up to the client's last one that changed, as they are now, by their last change; those that were withheld after them.</param>
/// <param name="UpTo">How far <paramref name="Changed"/> and <paramref name="Hidden"/> account.</param>
/// <param name="Hidden">Messages that the participant hid.</param>
public sealed record SyncPage(
    ChatPosition Position, IReadOnlyList<MessageRow> Messages, IReadOnlyList<MessageRow> Changed, SyncMarks UpTo, IReadOnlyList<long> Hidden);

/// <summary>
/// Reads history for one participant. Every page goes through the participant's own row on the primary, so that nobody reads
/// a chat that they are not in, whatever a cache or a replica says, and nothing from before they joined.
/// </summary>
/// <param name="replica">Takes pages off the primary, where there is one.</param>
/// <param name="recent">Holds what others have just read, where that is still so.</param>
public sealed class HistoryRepository(ChatDatabase database, ReadReplica? replica = null, RecentMessages? recent = null) : IHistoryReader
{
    private readonly RecentMessages _recent = recent ?? RecentMessages.None;

    public Task<(ChatPosition Position, IReadOnlyList<MessageRow> Messages)?> ReadAsync(
        long chatId, long userId, HistoryAnchor anchor, long messageId, int limit, CancellationToken cancellationToken) =>
        database.CatchUpAsync(async connection =>
        {
            var position = await FindPositionAsync(connection, chatId, userId);
            if (position is null) return ((ChatPosition, IReadOnlyList<MessageRow>)?)null;
            var messages = await PageAsync(connection, chatId, userId, anchor, messageId, limit);
            return (position, (await ReadersPart.FindAsync(connection, userId, messages)).On(messages));
        }, cancellationToken);

    public async Task<(ChatPosition Position, IReadOnlyList<MessageRow> Messages)?> ReadPageAsync(
        long chatId, long userId, HistoryAnchor anchor, long messageId, int limit, CancellationToken cancellationToken)
    {
        if (replica is null) return await ReadAsync(chatId, userId, anchor, messageId, limit, cancellationToken);

        var wanted = anchor is HistoryAnchor.Before
            ? new ReplicaPages(chatId, userId, Before: messageId, Older: limit, After: 0, Newer: 0)
            : new ReplicaPages(chatId, userId, Before: 0, Older: 0, After: messageId, Newer: limit);
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
            var wanted = new ReplicaPages(chatId, userId, Before: messageId + 1, Older: older, After: messageId, Newer: newer);
            var (position, pages) = await TryReplicaAsync(replica, wanted, userId, cancellationToken);
            if (position is null) return null;
            if (pages is { } read) return (position, read.Older, read.Newer);
        }
        return await database.CatchUpAsync(async connection =>
        {
            var position = await FindPositionAsync(connection, chatId, userId);
            if (position is null) return ((ChatPosition, IReadOnlyList<MessageRow>, IReadOnlyList<MessageRow>)?)null;
            var before = await PageAsync(connection, chatId, userId, HistoryAnchor.Before, messageId + 1, older);
            var after = await PageAsync(connection, chatId, userId, HistoryAnchor.After, messageId, newer);
            var part = await ReadersPart.FindAsync(connection, userId, before.Concat(after));
            return (position, part.On(before), part.On(after));
        }, cancellationToken);
    }

    public async Task<SyncPage?> SyncAsync(
        long chatId, long userId, long afterMessageId, SyncMarks marks, int limit, CancellationToken cancellationToken)
    {
        var first = await PositionReading.FindAsync(database, chatId, userId, cancellationToken);
        if (first is null) return null;
        var kept = FindKept(first, afterMessageId, limit);
        var nothingChanged = !(marks.Changes < first.Position.LastChangeId || marks.Hidings < first.Position.LastHideId);
        if (kept is not null && nothingChanged && !ReadersPart.IsIn(kept))
            return new SyncPage(first.Position, kept, [], new SyncMarks(first.Position.LastChangeId, first.Position.LastHideId), []);
        return await database.CatchUpAsync(async connection =>
        {
            // What is read now is never older than a position that was read before, except on another node of a cluster.
            var found = database.IsCluster ? await PositionReading.FindAsync(connection, chatId, userId) : first;
            if (found is null) return null;
            var position = found.Position;
            // Changes and hidings first: what happens to a message meanwhile, the messages that are read after them show.
            var (changes, changedUpTo) = await ChangesAsync(connection, chatId, userId, afterMessageId, marks.Changes, position.LastChangeId, limit);
            var (hidden, hiddenUpTo) = await HidingsAsync(connection, chatId, userId, marks.Hidings, position.LastHideId, limit);
            var withheld = await WithheldAsync(connection, chatId, userId, afterMessageId, marks.Hidings, hiddenUpTo);
            var messages = (ReferenceEquals(found, first) ? kept : null)
                ?? await NewestAsync(connection, found, afterMessageId, limit)
                ?? await PageAsync(connection, chatId, userId, HistoryAnchor.After, afterMessageId, limit + 1);
            IReadOnlyList<MessageRow> changed = withheld.Count == 0 ? changes : [.. changes, .. withheld];
            var part = await ReadersPart.FindAsync(connection, userId, messages.Concat(changed));
            return new SyncPage(position, part.On(messages), part.On(changed), new SyncMarks(changedUpTo, hiddenUpTo), hidden);
        }, cancellationToken);
    }

    /// <returns>All messages above the id, as far as the position counts them; null where they are not in memory.</returns>
    private IReadOnlyList<MessageRow>? FindKept(FoundPosition found, long after, int limit) =>
        !IsKept(found, after, limit, out var from) ? null
        : from > found.Version.LastMessageId ? []
        : _recent.TryFind(found.ChatId, found.Version, from, out var tail) ? found.Visible(tail, from)
        : null;

    private static async Task<(IReadOnlyList<MessageRow> Changed, long UpTo)> ChangesAsync(
        DbConnection connection, long chatId, long userId, long upToMessageId, long? after, long last, int limit)
    {
        if (after is null || after >= last) return ([], last);
        var upTo = Math.Min(last, after.Value + limit);
        var rows = await connection.QueryAsync<MessageRow>(
            ChangedSql, new { ChatId = chatId, UserId = userId, After = after, UpTo = upTo, UpToMessageId = upToMessageId });
        return (rows.AsList(), upTo);
    }

    // Messages above the reader's mark come as messages, and show what became of them.
    private const string ChangedSql = $"""
        SELECT {MessageColumns.OfM}
        FROM (
          SELECT DISTINCT message_id FROM message_changes WHERE chat_id = @ChatId AND change_id > @After AND change_id <= @UpTo
        ) changed
        JOIN chat_participants me ON me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL
        JOIN messages m ON m.chat_id = @ChatId AND m.message_id = changed.message_id
        WHERE m.message_id >= me.visible_from AND m.message_id <= @UpToMessageId AND {MessageColumns.NotHiddenOrRemoved}
        ORDER BY m.last_change_id
        """;

    private static async Task<(IReadOnlyList<long> MessageIds, long UpTo)> HidingsAsync(
        DbConnection connection, long chatId, long userId, long? after, long last, int limit)
    {
        if (after is null || after >= last) return ([], last);
        var upTo = Math.Min(last, after.Value + limit);
        var ids = await connection.QueryAsync<long>(HiddenSql, new { ChatId = chatId, UserId = userId, After = after, UpTo = upTo });
        return (ids.AsList(), upTo);
    }

    private const string HiddenSql = """
        SELECT message_id
        FROM hidden_messages
        WHERE chat_id = @ChatId AND user_id = @UserId AND hide_id > @After AND hide_id <= @UpTo
        ORDER BY hide_id
        """;

    private static async Task<IReadOnlyList<MessageRow>> WithheldAsync(
        DbConnection connection, long chatId, long userId, long upToMessageId, long? after, long upTo)
    {
        if (after is null || after >= upTo) return [];
        var rows = await connection.QueryAsync<MessageRow>(
            WithheldSql, new { ChatId = chatId, UserId = userId, After = after, UpTo = upTo, UpToMessageId = upToMessageId });
        return rows.AsList();
    }

    // Numbered with the hidings, since they are the sender's alone.
    private const string WithheldSql = $"""
        SELECT {MessageColumns.OfM}
        FROM (
          SELECT DISTINCT message_id FROM withheld_changes
          WHERE chat_id = @ChatId AND user_id = @UserId AND hide_id > @After AND hide_id <= @UpTo
        ) changed
        JOIN messages m ON m.chat_id = @ChatId AND m.message_id = changed.message_id
        WHERE m.message_id <= @UpToMessageId AND {MessageColumns.NotHiddenOrRemoved}
        ORDER BY m.message_id
        """;

    /// <returns>The position on the primary, null for who is not in the chat; the pages, null when the primary must be asked.</returns>
    private async Task<(ChatPosition? Position, TwoPages? Pages)> TryReplicaAsync(
        ReadReplica from, ReplicaPages wanted, long userId, CancellationToken cancellationToken)
    {
        var position = await database.QueryAsync(connection => FindPositionAsync(connection, wanted.ChatId, userId), cancellationToken);
        if (position is null) return (null, null);
        var pages = await from.TryReadAsync((connection, limited) => wanted.ReadAsync(connection, position, limited), cancellationToken);
        return (position, pages is null ? null : await WithReadersPartAsync(pages, userId, cancellationToken));
    }

    private async Task<TwoPages> WithReadersPartAsync(TwoPages pages, long userId, CancellationToken cancellationToken)
    {
        var rows = pages.Older.Concat(pages.Newer);
        if (!ReadersPart.IsIn(rows)) return pages;
        var part = await database.QueryAsync(connection => ReadersPart.FindAsync(connection, userId, rows), cancellationToken);
        return new TwoPages(part.On(pages.Older), part.On(pages.Newer));
    }

    private static async Task<ChatPosition?> FindPositionAsync(DbConnection connection, long chatId, long userId) =>
        (await PositionReading.FindAsync(connection, chatId, userId))?.Position;

    /// <summary>Whether the messages above an id are few enough to be kept, and none of them may be hidden from the reader.</summary>
    private static bool IsKept(FoundPosition found, long after, int limit, out long from)
    {
        from = Math.Max(after + 1, found.Position.VisibleFrom);
        return found.Version.LastMessageId - from < Math.Min(limit, RecentMessages.MaxTail) && found.LastHiddenId < from;
    }

    /// <returns>The same, read; null where they are not for keeping.</returns>
    private async Task<IReadOnlyList<MessageRow>?> NewestAsync(DbConnection connection, FoundPosition found, long after, int limit)
    {
        if (!IsKept(found, after, limit, out var from)) return null;
        var (chatId, version) = (found.ChatId, found.Version);
        if (from > version.LastMessageId) return [];
        await using var command = connection.CreateCommand();
        command.CommandText = RecentMessages.RangesOf([(chatId, from, version.LastMessageId)]);
        await using var reader = await command.ExecuteReaderAsync();
        var tail = await reader.ReadMessagesAsync();
        _recent.Keep(chatId, version, from, tail);
        return found.Visible(tail, from);
    }

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
    private const string VisibleMessages = $"""
        SELECT {MessageColumns.OfM}
        FROM chat_participants me
        JOIN messages m ON m.chat_id = me.chat_id AND m.message_id >= me.visible_from
        WHERE me.chat_id = @ChatId AND me.user_id = @UserId AND me.left_at IS NULL AND {MessageColumns.NotHiddenFromUser}
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
