namespace Chat.Bench.Topology;

/// <summary>
/// What runs in production, on this machine alone: MariaDB, Redis, two nodes, and HAProxy in front, all private to the run and on
/// free ports.
/// </summary>
public sealed class ChatCluster : IServedChat
{
    private const string DatabaseName = "chat_cluster";
    private const int NodeCount = 2;

    private readonly PrivateDatabase _database;
    private readonly PrivateRedis _redis;
    private readonly IReadOnlyList<ServerProcess> _nodes;
    private readonly LoadBalancer _balancer;

    private ChatCluster(PrivateDatabase database, PrivateRedis redis, IReadOnlyList<ServerProcess> nodes, LoadBalancer balancer) =>
        (_database, _redis, _nodes, _balancer) = (database, redis, nodes, balancer);

    public PrivateDatabase Database => _database;

    public PrivateRedis Redis => _redis;

    /// <summary>In HAProxy's order: the first is its <c>node1</c>.</summary>
    public IReadOnlyList<ServerProcess> Nodes => _nodes;

    public Uri Address => _balancer.Address;

    public string ConnectionString => _database.ConnectionString(DatabaseName);

    public string LogExcerpt => string.Join('\n', _nodes.Select((node, index) => $"{NameOf(index)}:\n{node.LogExcerpt}"));

    /// <summary>What HAProxy calls a node, in its header <c>X-Served-By</c>.</summary>
    public static string NameOf(int node) => $"node{node + 1}";

    /// <param name="settings">Of the nodes, on top of what a load run needs: <c>Section__Key</c>.</param>
    /// <exception cref="BenchException">A part of it cannot be started here; the message says why.</exception>
    public static async Task<ChatCluster> StartAsync(IReadOnlyDictionary<string, string>? settings, CancellationToken cancellationToken)
    {
        var started = new List<IAsyncDisposable>();
        try
        {
            var startingRedis = StartAsync(PrivateRedis.StartNewAsync(cancellationToken), started);
            var startingDatabase = StartAsync(PrivateDatabase.StartAsync(bufferPool: null, cancellationToken), started);
            // Both, whatever comes of one of them: what has started must be in the list before it is stopped.
            await Task.WhenAll(startingRedis, startingDatabase);
            var (redis, database) = (await startingRedis, await startingDatabase);
            await Databases.CreateAsync(database, DatabaseName, cancellationToken);
            var ofNodes = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
            {
                ["ConnectionStrings__Redis"] = redis.Address,
                // The address of the load balancer, whose X-Forwarded-For a node may believe.
                ["Proxy__KnownNetworks__0"] = "127.0.0.0/8",
            };
            var nodes = await Task.WhenAll(Enumerable.Range(0, NodeCount).Select(_ => StartAsync(
                ServerProcess.StartAsync(ServerKind.Product, database.ConnectionString(DatabaseName), ofNodes, cancellationToken), started)));
            // Last, or it would first find the nodes down.
            var balancer = await StartAsync(LoadBalancer.StartAsync(nodes[0].Address, nodes[1].Address, cancellationToken), started);
            return new ChatCluster(database, redis, nodes, balancer);
        }
        catch
        {
            await StopAsync(started);
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync([_database, _redis, .. _nodes, _balancer]);

    private static async Task<T> StartAsync<T>(Task<T> start, List<IAsyncDisposable> started)
        where T : IAsyncDisposable
    {
        var part = await start;
        lock (started) started.Add(part);
        return part;
    }

    /// <summary>The last first: nobody shall miss what it stands on while it stops.</summary>
    private static async Task StopAsync(IEnumerable<IAsyncDisposable> parts)
    {
        foreach (var part in parts.Reverse()) await part.DisposeAsync();
    }
}
