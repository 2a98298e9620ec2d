using System.Data.Common;
using Dapper;

namespace Chat.Data;

/// <summary>Loads <c>sql/seed/demo.sql</c>: people and chats that make the first look worthwhile.</summary>
public sealed class DemoData(ChatDatabase database)
{
    /// <returns>False when there are users already: nothing was touched.</returns>
    /// <exception cref="DataUnavailableException"/>
    public async Task<bool> LoadIntoEmptyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var named = await NamedLock.AcquireAsync(connection, "demo", timeoutSeconds: 30);
        if (named is null || await connection.ExecuteScalarAsync<long?>(AnyUserSql) is not null) return false;

        using var reader = new StreamReader(typeof(DemoData).Assembly.GetManifestResourceStream("seed/demo.sql")!);
        var statements = (await reader.ReadToEndAsync(cancellationToken)).ReplaceLineEndings("\n").Split(";\n", StringSplitOptions.RemoveEmptyEntries);
        try
        {
            return await database.InTransactionAsync(async (inner, transaction) =>
            {
                // One by one: see ChatDatabase.OneStatementAtATime.
                foreach (var sql in statements) await inner.ExecuteAsync(sql, transaction: transaction);
                return true;
            }, cancellationToken);
        }
        catch (DbException exception) when (exception.IsDuplicateKey())
        {
            // Somebody at another node of a cluster did it meanwhile, where our named lock is not known.
            return false;
        }
    }

    private const string AnyUserSql = "SELECT user_id FROM users LIMIT 1";
}
