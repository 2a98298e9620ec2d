using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Tests.Support;

/// <summary>Redis for tests: the shared one that <c>./test</c> starts, or one of a test's own that it may kill.</summary>
public sealed class TestRedis : IAsyncDisposable
{
    public const string ServerVariable = "CHAT_TEST_REDIS";

    private readonly string _folder = Directory.CreateTempSubdirectory("chat-redis-").FullName;
    private readonly int _port = FreePort();

    private TestRedis()
    {
    }

    /// <summary>The shared server. Use a <c>Redis:KeyPrefix</c> of your own.</summary>
    public static string Shared =>
        Environment.GetEnvironmentVariable(ServerVariable)
        ?? throw new InvalidOperationException($"{ServerVariable} is not set. Run ./test, or: eng/services.sh up redis; eval \"$(eng/services.sh env)\".");

    public string ConnectionString => $"127.0.0.1:{_port}";

    /// <summary>A prefix that nobody else uses.</summary>
    public static string NewPrefix() => $"test-{Guid.NewGuid():N}:";

    /// <summary>A server of one's own.</summary>
    public static async Task<TestRedis> StartAsync()
    {
        var redis = new TestRedis();
        await redis.ServiceAsync("up");
        return redis;
    }

    /// <summary>As a crash would.</summary>
    public Task KillAsync() => ServiceAsync("kill");

    public Task RestartAsync() => ServiceAsync("up");

    /// <summary>It answers nothing more, and its connections stay open.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        await ThawAsync();
        await ServiceAsync("down");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ServiceAsync(string command)
    {
        var start = new ProcessStartInfo(Repository.PathOf("eng/services.sh")) { RedirectStandardOutput = true };
        start.ArgumentList.Add(command);
        start.ArgumentList.Add("redis");
        start.Environment["CHAT_LOCAL"] = _folder;
        start.Environment["CHAT_REDIS_PORT"] = $"{_port}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("eng/services.sh did not start.");
        await process.WaitForExitAsync().OrDeadline();
        if (process.ExitCode != 0) throw new InvalidOperationException($"eng/services.sh {command} redis failed.");
    }

    private async Task SignalAsync(string signal)
    {
        var pid = (await File.ReadAllTextAsync(Path.Combine(_folder, "redis", "pid"))).Trim();
        using var process = Process.Start("kill", [$"-{signal}", pid]);
        await process.WaitForExitAsync().OrDeadline();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
