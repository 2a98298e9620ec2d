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
        var (batch, known) = await database.InTransactionAsync(async (connection, transaction) =>
        {
            var positions = (await connection.QueryAsync<ChatIndexPosition>(
                LockSql, new { ChatIds = chatIds }, transaction)).ToDictionary(position => position.ChatId);
            return (await IndexAsync(connection, transaction, positions), positions.Keys);
        }, cancellationToken);
        var begun = chatIds.Except(known).ToList();
        if (begun.Count == 0) return batch;
        await BeginAsync(begun, cancellationToken);
        return batch with { Unfinished = [.. batch.Unfinished, .. begun] };
    }

    private static async Task<IndexedBatch> IndexAsync(
        DbConnection connection, DbTransaction transaction, Dictionary<long, ChatIndexPosition> positions)
    {
        if (positions.Count == 0) return new IndexedBatch(0, []);
        // Read after the lock, and in the snapshot that the messages are read from: up to its head a chat is there whole.
        var heads = await connection.QueryAsync<ChatIndexPosition>(UncachedSql.Of(
            HeadsSql.Replace("{0}", string.Join(',', positions.Keys), StringComparison.Ordinal), transaction));
        var steps = heads.Select(head => new IndexStep(positions[head.ChatId], head, MaxPerChat)).ToList();
        var changes = await ReadAsync<ChangeRow>(ChangesSql, steps.Where(step => step.HasChanges).Select(step => step.ChangeRange));
        var messages = await ReadAsync<IndexedMessage>(MessagesSql, steps.Where(step => step.HasMessages).Select(step => step.MessageRange));

        var writer = new SearchIndexWriter(connection, transaction);
        await writer.RewriteAsync([.. changes.Where(IsAboutText).Select(change => (change.ChatId, change.MessageId)).Distinct()], positions);
        await writer.AddAsync(messages);
        await writer.MoveAsync([.. steps.Select(step => step.To)]);
        return new IndexedBatch(messages.Count + changes.Count, [.. steps.Where(step => !step.IsLast).Select(step => step.To.ChatId)]);

        async Task<List<T>> ReadAsync<T>(string sql, IEnumerable<string> ranges) =>
            string.Join(" OR ", ranges) is { Length: > 0 } condition
                ? (await connection.QueryAsync<T>(UncachedSql.Of(sql.Replace("{0}", condition, StringComparison.Ordinal), transaction))).AsList()
                : [];
    }

    /// <summary>By itself: only who has the row already needs a transaction.</summary>
    private Task<int> BeginAsync(IEnumerable<long> chatIds, CancellationToken cancellationToken) => database.QueryAsync(
        connection => connection.ExecuteAsync(UncachedSql.Of(
            BeginSql + string.Join(',', chatIds.Select(id => string.Create(CultureInfo.InvariantCulture, $"({id})"))), cancellationToken: cancellationToken)),
        cancellationToken);

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

    private const string BeginSql = "INSERT IGNORE INTO search_positions (chat_id) VALUES ";

    private const string LockSql = """
        SELECT chat_id, message_id, change_id FROM search_positions WHERE chat_id IN @ChatIds ORDER BY chat_id FOR UPDATE
        """;

    private const string HeadsSql = "SELECT chat_id, last_message_id AS message_id, last_change_id AS change_id FROM chats WHERE chat_id IN ({0})";

    private const string MessagesSql = "SELECT chat_id, message_id, message_text FROM messages WHERE {0}";

    private const string ChangesSql = "SELECT chat_id, change_id, message_id, change_kind FROM message_changes WHERE {0}";

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
