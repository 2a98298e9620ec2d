using Chat.Data;
using Dapper;

namespace Chat.Bench.Checker;

/// <summary>Reads how far chats are, without their messages.</summary>
internal static class StoredHeadsReader
{
    // A list of ids goes into a statement as it is: there are a few hundred.
    private const string HeadsSql = """
        SELECT chat_id, last_message_id
        FROM chats
        WHERE chat_id IN @ChatIds
        """;

    /// <returns>The last message's id by chat.</returns>
    /// <exception cref="DataUnavailableException"/>
    public static async Task<IReadOnlyDictionary<long, long>> ReadHeadsAsync(
        ChatDatabase database, IEnumerable<long> chatIds, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            connection => connection.QueryAsync<(long ChatId, long LastMessageId)>(HeadsSql, new { ChatIds = chatIds.Distinct() }), cancellationToken);
        return rows.ToDictionary(row => row.ChatId, row => row.LastMessageId);
    }

    private const string MarksSql = """
        SELECT chat_id, user_id, delivered_up_to, read_up_to
        FROM chat_participants
        WHERE left_at IS NULL AND chat_id IN @ChatIds
        """;

    /// <returns>The marks of all participants.</returns>
    /// <exception cref="DataUnavailableException"/>
    public static async Task<IReadOnlyDictionary<(long ChatId, long UserId), SeenMarks>> ReadMarksAsync(
        ChatDatabase database, IEnumerable<long> chatIds, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            connection => connection.QueryAsync<(long ChatId, long UserId, long DeliveredUpTo, long ReadUpTo)>(MarksSql, new { ChatIds = chatIds.Distinct() }),
            cancellationToken);
        return rows.ToDictionary(row => (row.ChatId, row.UserId), row => new SeenMarks(row.ChatId, row.UserId, row.DeliveredUpTo, row.ReadUpTo));
    }
}
