using Chat.Bench.Measuring;

namespace Chat.Bench.Topology;

/// <summary>One process of a server under test.</summary>
/// <param name="Probe">Null where its counters will not be read.</param>
internal sealed record ServerNode(ServerProcess Process, ServerProbe? Probe) : IAsyncDisposable
{
    /// <param name="redis">Null for a node alone.</param>
    public static async Task<ServerNode> StartAsync(
        ServerKind kind, string connectionString, PrivateRedis? redis, IReadOnlyDictionary<string, string>? settings, bool probed,
        CancellationToken cancellationToken)
    {
        var probe = probed ? new ServerProbe() : null;
        try
        {
            var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
            foreach (var (key, value) in probe?.Environment ?? new Dictionary<string, string>()) environment[key] = value;
            if (redis is not null) environment["ConnectionStrings__Redis"] = redis.Address;
            return new ServerNode(await ServerProcess.StartAsync(kind, connectionString, environment, cancellationToken), probe);
        }
        catch
        {
            probe?.Dispose();
            throw;
        }
    }

    /// <summary>Starts it anew where it was: a process that has done nothing yet.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await Process.KillAsync();
        Probe?.Reset();
        await Process.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Probe?.Dispose();
    }
}
