using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Tests.Support;

/// <summary>
/// Two server processes with a database and a Redis of their own, and HAProxy in front: <c>eng/topology.sh</c> in a temporary folder,
/// with the server that the tests were built with.
/// </summary>
internal sealed class Topology : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Parts = ["haproxy", "node1", "node2"];

    private readonly string _folder = Directory.CreateTempSubdirectory("chat-topology-").FullName;
    private readonly int _balancer = FreePort();
    private readonly int[] _nodes = [FreePort(), FreePort()];
    private readonly Dictionary<string, string> _environment;

    private Topology(Dictionary<string, string> settings)
    {
        _environment = settings.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value);
        _environment["CHAT_LOCAL"] = _folder;
        _environment["CHAT_DB_PORT"] = $"{FreePort()}";
        _environment["CHAT_REDIS_PORT"] = $"{FreePort()}";
        _environment["CHAT_DB_BUFFER_POOL"] = "32M";
        _environment["CHAT_LB_PORT"] = $"{_balancer}";
        _environment["CHAT_NODE1_PORT"] = $"{_nodes[0]}";
        _environment["CHAT_NODE2_PORT"] = $"{_nodes[1]}";
        _environment["CHAT_SERVER"] = typeof(Hosting.ConfigurationException).Assembly.Location;
    }

    public Uri Balancer => AddressOf(_balancer);

    /// <summary>A node past the load balancer: <c>node1</c> or <c>node2</c>.</summary>
    public Uri Node(string name) => AddressOf(_nodes[name == "node1" ? 0 : 1]);

    /// <param name="settings">Configuration of the nodes on top of the defaults, by path.</param>
    public static async Task<Topology> StartAsync(Dictionary<string, string> settings)
    {
        var topology = new Topology(settings);
        try
        {
            await topology.RunAsync("up");
            return topology;
        }
        catch
        {
            await topology.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGTERM; ends when the node has ended.</summary>
    public Task StopAsync(string name) => RunAsync("stop", name);

    /// <summary>Starts what does not run.</summary>
    public Task UpAsync() => RunAsync("up");

    public Task ReloadBalancerAsync() => RunAsync("reload");

    /// <summary>What a part wrote.</summary>
    public string LogOf(string name) => File.ReadAllText(Path.Combine(_folder, "topology", name, "log"));

    public async ValueTask DisposeAsync()
    {
        foreach (var name in Parts) await RunAsync("kill", name);
        await RunScriptAsync("services.sh", "kill");
        Directory.Delete(_folder, recursive: true);
    }

    private Task RunAsync(params string[] arguments) => RunScriptAsync("topology.sh", arguments);

    private async Task RunScriptAsync(string script, params string[] arguments)
    {
        // Output to a file: what stays in the background would hold a pipe open.
        var log = Path.Combine(_folder, "script.log");
        var start = new ProcessStartInfo("bash", ["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log, Repository.PathOf($"eng/{script}"), .. arguments]);
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"eng/{script} {string.Join(' ', arguments)} failed: {await File.ReadAllTextAsync(log)}");
    }

    private static Uri AddressOf(int port) => new($"http://127.0.0.1:{port}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
