using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Tests.Support;

/// <summary>A MariaDB of the test's own, to be stopped and killed: started by <c>eng/services.sh</c> in a temporary folder.</summary>
internal sealed class PrivateMariaDb : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"chat-test-{Guid.NewGuid():N}");
    private readonly string _options;

    private PrivateMariaDb(string options) => _options = options;

    public int Port { get; } = FreePort();

    /// <summary>Of the server, without a database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <param name="options">More options for the server's command line, separated by spaces.</param>
    public static async Task<PrivateMariaDb> StartNewAsync(string options = "")
    {
        var server = new PrivateMariaDb(options);
        await server.StartAsync();
        server.ConnectionString = await server.RunAsync("eval \"$(eng/services.sh env)\" && printf %s \"$CHAT_TEST_DATABASE\"");
        return server;
    }

    public Task StartAsync() => RunAsync("eng/services.sh up mariadb");

    public Task StopAsync() => RunAsync("eng/services.sh down mariadb");

    /// <summary>It takes connections and answers nothing, until it is thawed.</summary>
    public Task FreezeAsync() => RunAsync("kill -STOP \"$(cat \"$CHAT_LOCAL/mariadb/pid\")\"");

    public Task ThawAsync() => RunAsync("kill -CONT \"$(cat \"$CHAT_LOCAL/mariadb/pid\")\"");

    public Task KillAsync() => RunAsync("eng/services.sh kill mariadb");

    /// <summary>Runs statements with all rights, through the server's socket.</summary>
    /// <returns>What the client printed: a line for each row.</returns>
    public async Task<string> AsRootAsync(string sql) =>
        (await RunAsync("mariadb --no-defaults --socket=\"$CHAT_LOCAL/mariadb/data/mysql.sock\" --batch --skip-column-names --execute=\"$SQL\"", sql)).Trim();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> RunAsync(string command, string sql = "")
    {
        var start = new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment =
            {
                ["CHAT_LOCAL"] = _folder, ["CHAT_DB_PORT"] = $"{Port}", ["CHAT_DB_BUFFER_POOL"] = "32M",
                ["CHAT_DB_OPTIONS"] = _options, ["SQL"] = sql,
            },
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        // A service that stays in the background must not keep us waiting for the end of its output.
        var text = await output.OrDeadline();
        return process.ExitCode == 0
            ? text
            : throw new InvalidOperationException($"{command} failed ({process.ExitCode}): {text} {await errors.OrDeadline()}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
