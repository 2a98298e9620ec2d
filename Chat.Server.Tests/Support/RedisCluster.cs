namespace Chat.Server.Tests.Support;

/// <summary>A Redis Cluster of three nodes without replicas, of a test's own.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const string Configuration = """
        cluster-enabled yes
        cluster-config-file nodes
        cluster-node-timeout 1000
        cluster-require-full-coverage no
        """;

    private RedisCluster(IReadOnlyList<RedisProcess> nodes) => Nodes = nodes;

    public IReadOnlyList<RedisProcess> Nodes { get; }

    /// <summary>Two of the three; the third is found through them.</summary>
    public string ConnectionString => $"{Nodes[0].Address},{Nodes[1].Address}";

    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RedisProcess.StartServerAsync(Configuration))));
        try
        {
            await RedisProcess.CliAsync(["--cluster", "create", .. cluster.Nodes.Select(node => node.Address), "--cluster-yes"]);
            await cluster.UntilCompleteAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every node knows who has which slots.</summary>
    public Task UntilCompleteAsync() => Deadline.UntilAsync(
        async () =>
        {
            foreach (var node in Nodes)
            {
                var info = await node.AskAsync("cluster", "info");
                if (!info.Contains("cluster_state:ok") || !info.Contains("cluster_slots_ok:16384")) return false;
            }
            return true;
        },
        "the cluster is complete");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
    }
}
