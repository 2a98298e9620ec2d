using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Tests.Support;

/// <summary>A Redis or a Sentinel as a process of a test's own, in a temporary folder, for set-ups of several. See <see cref="TestRedis"/> for a single one.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Server = new(FindServerAsync);

    private readonly string _folder = Directory.CreateTempSubdirectory("chat-redis-").FullName;
    private readonly string _mode;
    private Process? _process;

    private RedisProcess(string configuration, string mode)
    {
        _mode = mode;
        File.WriteAllLines(Path.Combine(_folder, "conf"), ["bind 127.0.0.1", $"port {Port}", "dir ./", "save \"\"", configuration]);
    }

    public int Port { get; } = FreePort();

    public string Address => $"127.0.0.1:{Port}";

    public static Task<RedisProcess> StartServerAsync(string configuration) => StartAsync(configuration, mode: "");

    public static Task<RedisProcess> StartSentinelAsync(string configuration) => StartAsync(configuration, mode: "--sentinel");

    /// <summary>One command by <c>redis-cli</c>, which stands beside the server.</summary>
    /// <returns>What it answered.</returns>
    public static async Task<string> CliAsync(params string[] arguments)
    {
        var cli = Path.Combine(Path.GetDirectoryName(await Server.Value)!, "redis-cli");
        return await RunAsync(cli, arguments);
    }

    /// <summary>Starts it again, with the same port and folder.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(await Server.Value) { WorkingDirectory = _folder, RedirectStandardOutput = true };
        start.ArgumentList.Add("./conf");
        if (_mode != "") start.ArgumentList.Add(_mode);
        start.ArgumentList.Add("--logfile");
        start.ArgumentList.Add("./log");
        _process?.Dispose();
        _process = Process.Start(start) ?? throw new InvalidOperationException("redis-server did not start.");
        await Deadline.UntilAsync(AnswersAsync, $"a Redis answers on port {Port}");
    }

    /// <summary>As a crash would.</summary>
    public async Task KillAsync()
    {
        if (_process is null or { HasExited: true }) return;
        _process.Kill();
        await _process.WaitForExitAsync().OrDeadline();
    }

    /// <summary>It answers nothing more, and its connections stay open.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    /// <summary>A command to this server, by <see cref="CliAsync(string[])"/>.</summary>
    public Task<string> AskAsync(params string[] command) => CliAsync(["-p", $"{Port}", .. command]);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        kill.WaitForExit(Deadline.Default);
    }

    private static async Task<RedisProcess> StartAsync(string configuration, string mode)
    {
        var process = new RedisProcess(configuration, mode);
        try
        {
            await process.StartAsync();
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited) throw new InvalidOperationException($"redis-server ended: {await File.ReadAllTextAsync(Path.Combine(_folder, "log"))}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            return await client.GetStream().ReadAsync(new byte[16]) > 0;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private static async Task<string> FindServerAsync() => (await RunAsync(
        "bash", ["-c", "source eng/lib/common.sh && source eng/lib/install.sh && find_or_install redis redis-server"])).Trim();

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync().OrDeadline();
        await process.WaitForExitAsync().OrDeadline();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {output}");
    }

    /// <summary>Below the ports that outgoing connections get; a node of a cluster takes the one 10,000 above as well.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            if (IsFree(port) && IsFree(port + 10_000)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
