using Chat.Server.Realtime.Redis;

namespace Chat.Bench.Workloads.Backplane;

/// <summary>What it takes to let many come back at once: 1,000 connections on two nodes, each into 20 of 2,000 groups.</summary>
internal sealed record JoinsFigures(double Seconds, double NodesCpuSeconds, double RedisCpuSeconds);

internal static class JoinsRun
{
    private const int Connections = 1_000;
    private const int Groups = 2_000;
    private const int GroupsEach = 20;

    /// <summary>As many as the server sets up at a time.</summary>
    private const int AtOnce = 64;

    public static async Task<JoinsFigures> RunAsync(string backplane, string redisAddress, int redisId, CancellationToken cancellationToken)
    {
        var options = new RedisOptions { KeyPrefix = $"bench-{Guid.NewGuid():N}:" };
        await using var one = await BackplaneNode.StartAsync(backplane, redisAddress, options, cancellationToken);
        await using var two = await BackplaneNode.StartAsync(backplane, redisAddress, options, cancellationToken);
        var counter = new DeliveryCounter();
        var coming = Enumerable.Range(0, Connections).Select(i => (Node: i % 2 == 0 ? one : two, Connection: new CountingConnection(counter), Number: i)).ToList();
        // The first of a node may have to wait until it is connected.
        foreach (var node in new[] { one, two }) await node.Manager.OnConnectedAsync(new CountingConnection(counter).Context);

        var cpu = new BackplaneCpu(redisId);
        await Parallel.ForEachAsync(
            coming, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (c, cancelled) =>
            {
                await c.Node.Manager.OnConnectedAsync(c.Connection.Context);
                var choice = new Random(c.Number);
                for (var i = 0; i < GroupsEach; i++)
                    await c.Node.Manager.AddToGroupAsync(c.Connection.Id, $"chat:{choice.Next(Groups)}", cancelled);
            });
        var (nodes, redis, elapsed) = cpu.Used;
        return new JoinsFigures(elapsed.TotalSeconds, nodes.TotalSeconds, redis.TotalSeconds);
    }
}
