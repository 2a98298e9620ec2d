using Chat.Bench.Measuring;
using Chat.Data;

namespace Chat.Bench.Topology;

/// <summary>A server that a workload runs against, with what the workload may know of it: one process, or several nodes over one Redis.</summary>
public sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly IReadOnlyList<ServerNode> _nodes;
    private readonly PrivateRedis? _redis;
    private readonly int? _attachedId;

    private ServerUnderTest(ServerKind kind, IReadOnlyList<ServerNode> nodes, PrivateRedis? redis, ChatDatabase? database, int? databaseProcessId)
    {
        (Kind, Addresses, Database) = (kind, [.. nodes.Select(node => node.Process.Address)], database);
        (_nodes, _redis) = (nodes, redis);
        Meter = new ServerMeter(
            new CpuMeter([.. nodes.Select<ServerNode, Func<int?>>(node => () => node.Process.ProcessId)], databaseProcessId, redis?.ProcessId),
            [.. nodes.Select(node => node.Probe).OfType<ServerProbe>()]);
    }

    private ServerUnderTest(ServerKind kind, Uri address, ChatDatabase? database, int? processId)
    {
        (Kind, Addresses, Database) = (kind, [address], database);
        (_nodes, _attachedId) = ([], processId);
        Meter = new ServerMeter(new CpuMeter([() => processId], databaseId: null), []);
    }

    public ServerKind Kind { get; }

    /// <summary>Of all nodes.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    public Uri Address => Addresses[0];

    public Uri Hub => ServerProcess.HubOf(Address);

    /// <summary>The first node's; null when somebody else started it.</summary>
    public ServerProcess? Process => _nodes.Count > 0 ? _nodes[0].Process : null;

    /// <summary>The first node's; null when it does not run on this machine, or is not known.</summary>
    public int? ProcessId => Process?.ProcessId ?? _attachedId;

    /// <summary>Null when there is none, or it is not known here.</summary>
    public ChatDatabase? Database { get; }

    /// <summary>The first node's; null when somebody else started it, or it was not asked for.</summary>
    public ServerProbe? Probe => _nodes.Count > 0 ? _nodes[0].Probe : null;

    public ServerMeter Meter { get; }

    /// <summary>What it printed; null when somebody else started it.</summary>
    public string? LogExcerpt => _nodes.Count == 0 ? null : string.Join('\n', _nodes.Select(node => node.Process.LogExcerpt));

    /// <summary>Starts a server on a database of its own within the private instance.</summary>
    /// <param name="instance">May be null for a kind without a database.</param>
    /// <param name="name">Of the database: <c>chat_…</c>; it is created when it is missing.</param>
    /// <param name="probed">Whether its runtime's counters will be read; it then starts a little later.</param>
    /// <param name="nodes">More than one start with a Redis of their own.</param>
    public static async Task<ServerUnderTest> StartAsync(
        ServerKind kind, PrivateDatabase? instance, string name, IReadOnlyDictionary<string, string>? settings, CancellationToken cancellationToken,
        bool probed = true, int nodes = 1)
    {
        var database = await MakeDatabaseAsync(kind, instance, name, cancellationToken);
        PrivateRedis? redis = null;
        var started = new List<ServerNode>();
        try
        {
            if (nodes > 1) redis = await PrivateRedis.StartNewAsync(cancellationToken);
            var connectionString = database is null ? "" : instance!.ConnectionString(name);
            while (started.Count < nodes)
                started.Add(await ServerNode.StartAsync(kind, connectionString, redis, settings, probed, cancellationToken));
            return new ServerUnderTest(kind, started, redis, database, database is null ? null : instance!.ProcessId);
        }
        catch
        {
            await StopAsync(started, redis, database);
            throw;
        }
    }

    /// <summary>Uses a server that runs already. Its rate limits must fit the load.</summary>
    /// <param name="connectionString">Its database, for the consistency check; null to go without.</param>
    /// <param name="processId">Its process on this machine; null to go without its processor time and memory.</param>
    public static ServerUnderTest Attach(ServerKind kind, Uri address, string? connectionString, int? processId) =>
        new(kind, address, connectionString is null ? null : ChatDatabase.Create(connectionString), processId);

    /// <summary>The hub of one of the nodes, in turn.</summary>
    public Uri HubOf(int client) => ServerProcess.HubOf(Addresses[client % Addresses.Count]);

    /// <summary>Starts it anew where it was, on the same database: processes that have done nothing yet. For servers that the bench started.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        if (_nodes.Count == 0) throw new InvalidOperationException("Somebody else started this server.");
        foreach (var node in _nodes) await node.RestartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync() => await StopAsync(_nodes, _redis, Database);

    private static async Task StopAsync(IReadOnlyList<ServerNode> nodes, PrivateRedis? redis, ChatDatabase? database)
    {
        foreach (var node in nodes) await node.DisposeAsync();
        if (redis is not null) await redis.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
    }

    /// <returns>Null for a kind that has none.</returns>
    private static async Task<ChatDatabase?> MakeDatabaseAsync(
        ServerKind kind, PrivateDatabase? instance, string name, CancellationToken cancellationToken)
    {
        if (!kind.HasDatabase()) return null;
        if (instance is null) throw new ArgumentNullException(nameof(instance), $"{kind} needs a database.");
        await Databases.CreateAsync(instance, name, cancellationToken);
        return ChatDatabase.Create(instance.ConnectionString(name));
    }
}
