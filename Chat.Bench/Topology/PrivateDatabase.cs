using System.Data.Common;
using System.Globalization;

namespace Chat.Bench.Topology;

/// <summary>
/// A MariaDB of this run alone, made by <c>eng/services.sh</c> in a temporary folder on a free port. It commits durably
/// (<c>innodb_flush_log_at_trx_commit=1</c>), as in production.
/// </summary>
public sealed class PrivateDatabase : IAsyncDisposable
{
    private readonly string _script;
    private readonly string _folder;
    private readonly Dictionary<string, string> _environment;
    private string _login = "";

    private PrivateDatabase(string script, string folder, Dictionary<string, string> environment) =>
        (_script, _folder, _environment) = (script, folder, environment);

    /// <summary>Null when it runs where we do not see its process (in a container).</summary>
    public int? ProcessId
    {
        get
        {
            var file = Path.Combine(_folder, "mariadb", "pid");
            return File.Exists(file) && int.TryParse(File.ReadAllText(file), out var id) ? id : null;
        }
    }

    /// <param name="bufferPool">InnoDB's buffer pool, as MariaDB writes sizes: 512M.</param>
    /// <exception cref="BenchException">It cannot be started here; the message says why.</exception>
    public static async Task<PrivateDatabase> StartAsync(string? bufferPool, CancellationToken cancellationToken)
    {
        var script = Path.Combine(RepositoryRoot.Find(), "eng", "services.sh");
        var folder = Directory.CreateTempSubdirectory("chat-bench-").FullName;
        var environment = new Dictionary<string, string>
        {
            ["CHAT_LOCAL"] = folder,
            ["CHAT_DB_PORT"] = FreePort.Find().ToString(CultureInfo.InvariantCulture),
        };
        if (bufferPool is not null) environment["CHAT_DB_BUFFER_POOL"] = bufferPool;
        var database = new PrivateDatabase(script, folder, environment);
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

    /// <summary>Starts it, also after <see cref="StopAsync"/> or <see cref="KillAsync"/>, and waits until it answers.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => RunScriptAsync("up", cancellationToken);

    /// <summary>Stops it cleanly.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => RunScriptAsync("down", cancellationToken);

    /// <summary>Ends it with SIGKILL, as a crash would.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => RunScriptAsync("kill", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Nothing of it is kept, so it need not stop tidily.
        await RunScriptAsync("kill", CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private Task<string> RunScriptAsync(string action, CancellationToken cancellationToken) =>
        Script.RunAsync(_script, [action, "mariadb"], _environment, cancellationToken);

    private async Task<string> ReadLoginAsync(CancellationToken cancellationToken)
    {
        const string variable = "CHAT_TEST_DATABASE='";
        var output = await Script.RunAsync(_script, ["env"], _environment, cancellationToken);
        var start = output.IndexOf(variable, StringComparison.Ordinal);
        if (start < 0) throw new BenchException($"{_script} env does not name {variable.TrimEnd('\'', '=')}.");
        start += variable.Length;
        return output[start..output.IndexOf('\'', start)];
    }
}
