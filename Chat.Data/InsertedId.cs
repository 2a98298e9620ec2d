using System.Data.Common;
using Dapper;

namespace Chat.Data;

/// <summary>Inserts a row that gets its number from the database.</summary>
internal static class InsertedId
{
    // A statement of its own, and not appended to the INSERT: see ChatDatabase.OneStatementAtATime.
    private const string Sql = "SELECT LAST_INSERT_ID()";

    /// <returns>The row's AUTO_INCREMENT id.</returns>
    public static async Task<long> InsertAsync(this DbConnection connection, CommandDefinition insert)
    {
        await connection.ExecuteAsync(insert);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(Sql, transaction: insert.Transaction, cancellationToken: insert.CancellationToken));
    }
}
