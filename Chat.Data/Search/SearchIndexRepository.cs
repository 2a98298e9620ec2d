using System.Data.Common;
using System.Globalization;
using Dapper;

namespace Chat.Data.Search;

/// <param name="Messages">Messages that were written into the index, new ones and changed ones.</param>
/// <param name="Unfinished">Chats of which there is more to do.</param>
public sealed record IndexedBatch(int Messages, IReadOnlyList<long> Unfinished);

/// <summary>
/// Brings chats up to date in the index. Each chat has a position, locked while it is worked on, so that any number of nodes may do so, and
/// moved in the transaction of the rows it accounts for. Every method throws <see cref="DataUnavailableException"/> when the database is out of reach.
/// </summary>
public sealed class SearchIndexRepository(ChatDatabase database)
{
    /// <summary>Chats in one transaction.</summary>
    public const int MaxChats = 20;

    /// <summary>Messages, and changes, of one chat in one transaction.</summary>
    private const int MaxPerChat = 100;

    /// <param name="chatIds">At most <see cref="MaxChats"/>.</param>
    public async Task<IndexedBatch> IndexAsync(IReadOnlyCollection<long> chatIds, CancellationToken cancellationToken)
    {
        var values = string.Join(',', chatIds.Select(id => string.Create(CultureInfo.InvariantCulture, $"({id})")));
        await database.QueryAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(BeginSql + values, flags: CommandFlags.NoCache, cancellationToken: cancellationToken)),
            cancellationToken);
        return await database.InTransactionAsync(async (connection, transaction) =>
        {
            var positions = (await connection.QueryAsync<ChatIndexPosition>(
                LockSql, new { ChatIds = chatIds }, transaction)).ToDictionary(position => position.ChatId);
            var changes = (await connection.QueryAsync<ChangeRow>(OfEach(positions.Values, ChangesSql, transaction))).AsList();
            var messages = (await connection.QueryAsync<IndexedMessage>(OfEach(positions.Values, MessagesSql, transaction))).AsList();
            var writer = new SearchIndexWriter(connection, transaction);
            await writer.RewriteAsync([.. changes.Where(IsAboutText).Select(change => (change.ChatId, change.MessageId)).Distinct()], positions);
            await writer.AddAsync(messages);

            var done = positions.Values.Select(position => position.After(
                messages.Where(message => message.ChatId == position.ChatId), changes.Where(change => change.ChatId == position.ChatId))).ToList();
            await writer.MoveAsync(done);
            var unfinished = messages.GroupBy(message => message.ChatId).Where(chat => chat.Count() == MaxPerChat).Select(chat => chat.Key)
                .Union(changes.GroupBy(change => change.ChatId).Where(chat => chat.Count() == MaxPerChat).Select(chat => chat.Key));
            return new IndexedBatch(messages.Count + changes.Count, [.. unfinished]);
        }, cancellationToken);
    }

    /// <summary>
    /// Rewrites messages that were changed in this transaction, in which the chat's row is locked. What is not in the index yet comes into it as
    /// it is now.
    /// </summary>
    internal static async Task RewriteAsync(DbConnection connection, DbTransaction transaction, long chatId, IEnumerable<long> messageIds)
    {
        var position = (await connection.QueryAsync<ChatIndexPosition>(LockSql, new { ChatIds = new[] { chatId } }, transaction)).SingleOrDefault();
        if (position is null) return;
        var writer = new SearchIndexWriter(connection, transaction);
        await writer.RewriteAsync([.. messageIds.Select(id => (chatId, id))], new Dictionary<long, ChatIndexPosition> { [chatId] = position });
    }

    // By itself: only who has the row already needs a transaction.
    private const string BeginSql = "INSERT IGNORE INTO search_positions (chat_id) VALUES ";

    private const string LockSql = """
        SELECT chat_id, message_id, change_id FROM search_positions WHERE chat_id IN @ChatIds ORDER BY chat_id FOR UPDATE
        """;

    // {0}: the chat, {1}: up to where its messages are in, {2}: up to where its changes, {3}: the limit. As numbers: each is a range then.
    private const string MessagesSql = """
        (SELECT chat_id, message_id, message_text
        FROM messages
        WHERE chat_id = {0} AND message_id > {1}
        ORDER BY message_id
        LIMIT {3})
        """;

    private const string ChangesSql = """
        (SELECT chat_id, change_id, message_id, change_kind
        FROM message_changes
        WHERE chat_id = {0} AND change_id > {2}
        ORDER BY change_id
        LIMIT {3})
        """;

    private static CommandDefinition OfEach(IEnumerable<ChatIndexPosition> positions, string sql, DbTransaction transaction)
    {
        var text = string.Join("\nUNION ALL\n", positions.Select(position => string.Format(
            CultureInfo.InvariantCulture, sql, position.ChatId, position.MessageId, position.ChangeId, MaxPerChat)));
        return new CommandDefinition(text, transaction: transaction, flags: CommandFlags.Buffered | CommandFlags.NoCache);
    }

    /// <summary>Reactions are many, and change no word.</summary>
    private static bool IsAboutText(ChangeRow change) => change.ChangeKind != Messages.ChangeKinds.Reaction;

    /// <summary>Chats above an id that have messages or changes which are not in yet.</summary>
    public Task<IReadOnlyList<long>> FindBehindAsync(long afterChatId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<IReadOnlyList<long>>(
            async connection => (await connection.QueryAsync<long>(new CommandDefinition(
                FindBehindSql, new { After = afterChatId, Limit = limit }, cancellationToken: cancellationToken))).AsList(),
            cancellationToken);

    private const string FindBehindSql = """
        SELECT c.chat_id
        FROM chats c
        LEFT JOIN search_positions p ON p.chat_id = c.chat_id
        WHERE c.chat_id > @After
          AND (c.last_message_id > COALESCE(p.message_id, 0) OR c.last_change_id > COALESCE(p.change_id, 0))
        ORDER BY c.chat_id
        LIMIT @Limit
        """;
}
