using System.Data.Common;

namespace Chat.Bench.Topology;

/// <summary>A MariaDB of this run alone. It commits durably (<c>innodb_flush_log_at_trx_commit=1</c>), as in production.</summary>
public sealed class PrivateDatabase : PrivateService
{
    private string _login = "";

    private PrivateDatabase(string? bufferPool)
        : base("mariadb", "CHAT_DB_PORT")
    {
        if (bufferPool is not null) SetVariable("CHAT_DB_BUFFER_POOL", bufferPool);
    }

    /// <param name="bufferPool">InnoDB's buffer pool, as MariaDB writes sizes: 512M.</param>
    /// <exception cref="BenchException">It cannot be started here; the message says why.</exception>
    public static async Task<PrivateDatabase> StartAsync(string? bufferPool, CancellationToken cancellationToken)
    {
        var database = new PrivateDatabase(bufferPool);
        try
        {
            await database.StartAsync(cancellationToken);
            database._login = await database.ReadLoginAsync(cancellationToken);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
        return database;
    }

    /// <param name="name">One of ours: the account may use <c>chat</c> and <c>chat_…</c>.</param>
    public string ConnectionString(string name) =>
        new DbConnectionStringBuilder { ConnectionString = _login, ["Database"] = name }.ConnectionString;

    private async Task<string> ReadLoginAsync(CancellationToken cancellationToken)
    {
        const string variable = "CHAT_TEST_DATABASE='";
        var output = await RunScriptAsync(["env"], cancellationToken);
        var start = output.IndexOf(variable, StringComparison.Ordinal);
        if (start < 0) throw new BenchException($"eng/services.sh env does not name {variable.TrimEnd('\'', '=')}.");
        start += variable.Length;
        return output[start..output.IndexOf('\'', start)];
    }
}
