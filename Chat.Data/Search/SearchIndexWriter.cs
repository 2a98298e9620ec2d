using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;

namespace Chat.Data.Search;

/// <param name="MessageText">Null where there is none, and once it is deleted.</param>
internal sealed record IndexedMessage(long ChatId, long MessageId, string? MessageText);

internal sealed record ChangeRow(long ChatId, long ChangeId, long MessageId, string ChangeKind);

/// <summary>Writes words and documents, many rows a statement, within the transaction that holds the positions.</summary>
internal sealed class SearchIndexWriter(DbConnection connection, DbTransaction transaction)
{
    private const int RowsPerStatement = 500;

    public async Task AddAsync(IReadOnlyList<IndexedMessage> messages)
    {
        var documents = messages.Where(message => message.MessageText is not null)
            .Select(message => new Document(message.ChatId, message.MessageId, SearchWords.TermsOf(message.MessageText!)))
            .Where(document => document.Terms.Count > 0).ToList();
        // In the order of the key, so that two nodes never wait for each other crosswise, and neighbours go into one page.
        var terms = documents.SelectMany(document => document.Terms.Select(term => (document.ChatId, Term: term, document.MessageId)))
            .OrderBy(row => row.ChatId).ThenBy(row => row.Term, StringComparer.Ordinal).ThenBy(row => row.MessageId);
        foreach (var rows in terms.Chunk(RowsPerStatement)) await ExecuteAsync(InsertTermsSql, rows);
        foreach (var rows in documents.Chunk(RowsPerStatement / 5))
            await ExecuteAsync(InsertDocumentsSql, [.. rows.Select(row => (row.ChatId, $" {string.Join(' ', row.Terms)} ", row.MessageId))]);
    }

    private const string InsertTermsSql = "INSERT IGNORE INTO search_terms (chat_id, term, message_id) VALUES {0}";

    private const string InsertDocumentsSql = """
        INSERT INTO search_documents (chat_id, terms, message_id) VALUES {0} ON DUPLICATE KEY UPDATE terms = VALUES(terms)
        """;

    /// <summary>Takes what these messages were found by away, and puts in by what they are found now.</summary>
    /// <param name="positions">Messages above them have not been put in yet.</param>
    public async Task RewriteAsync(
        IReadOnlyList<(long ChatId, long MessageId)> changed, IReadOnlyDictionary<long, ChatIndexPosition> positions)
    {
        var known = changed.Where(message => message.MessageId <= positions[message.ChatId].MessageId).ToList();
        foreach (var some in known.Chunk(RowsPerStatement / 5))
        {
            var old = (await connection.QueryAsync<DocumentRow>(Of(some, FindDocumentsSql))).AsList();
            var terms = old.SelectMany(row => row.Terms.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(term => (row.ChatId, Term: term, row.MessageId))).OrderBy(row => row.ChatId).ThenBy(row => row.Term, StringComparer.Ordinal);
            foreach (var rows in terms.Chunk(RowsPerStatement)) await ExecuteAsync(DeleteTermsSql, rows);
            await connection.ExecuteAsync(Of(some, DeleteDocumentsSql));
            await AddAsync((await connection.QueryAsync<IndexedMessage>(Of(some, FindMessagesSql))).AsList());
        }
    }

    private const string FindDocumentsSql = "SELECT chat_id, message_id, terms FROM search_documents WHERE {0}";

    private const string FindMessagesSql = "SELECT chat_id, message_id, message_text FROM messages WHERE {0}";

    private const string DeleteTermsSql = "DELETE FROM search_terms WHERE (chat_id, term, message_id) IN ({0})";

    private const string DeleteDocumentsSql = "DELETE FROM search_documents WHERE {0}";

    public Task MoveAsync(IReadOnlyList<ChatIndexPosition> positions)
    {
        var values = string.Join(',', positions.Select(position => string.Create(
            CultureInfo.InvariantCulture, $"({position.ChatId},{position.MessageId},{position.ChangeId})")));
        return connection.ExecuteAsync(UncachedSql.Of(MoveSql.Replace("{0}", values, StringComparison.Ordinal), transaction));
    }

    private const string MoveSql = """
        INSERT INTO search_positions (chat_id, message_id, change_id) VALUES {0}
        ON DUPLICATE KEY UPDATE message_id = VALUES(message_id), change_id = VALUES(change_id)
        """;

    /// <summary>
    /// One statement about rows of a chat, a text and a message; the texts as parameters. To the driver directly: there are hundreds of them
    /// in a statement, and thousands of statements a minute.
    /// </summary>
    private async Task ExecuteAsync(string sql, IReadOnlyList<(long ChatId, string Text, long MessageId)> rows)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        var values = new StringBuilder(rows.Count * 32);
        for (var i = 0; i < rows.Count; i++)
        {
            values.Append(i == 0 ? "(" : ",(").Append(rows[i].ChatId).Append(',').Append(ParameterNames.At(i)).Append(',').Append(rows[i].MessageId).Append(')');
            command.AddParameter(ParameterNames.At(i), rows[i].Text);
        }
        command.CommandText = sql.Replace("{0}", values.ToString(), StringComparison.Ordinal);
        await command.ExecuteNonQueryAsync();
    }

    private CommandDefinition Of(IEnumerable<(long ChatId, long MessageId)> messages, string sql)
    {
        var keys = messages.Select(message => string.Create(
            CultureInfo.InvariantCulture, $"(chat_id = {message.ChatId} AND message_id = {message.MessageId})"));
        return UncachedSql.Of(sql.Replace("{0}", string.Join(" OR ", keys), StringComparison.Ordinal), transaction);
    }

    private sealed record Document(long ChatId, long MessageId, IReadOnlyList<string> Terms);

    private sealed record DocumentRow(long ChatId, long MessageId, string Terms);
}
