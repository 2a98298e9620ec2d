namespace Chat.Server.Tests.Support;

/// <summary>A primary, its replica, and three Sentinels who replace the one by the other when it dies. Of a test's own.</summary>
internal sealed class RedisSentinels : IAsyncDisposable
{
    private const string ServiceName = "chat";

    private readonly List<RedisProcess> _sentinels = [];

    private RedisSentinels(RedisProcess primary, RedisProcess replica) => (Primary, Replica) = (primary, replica);

    /// <summary>Until the fail-over.</summary>
    public RedisProcess Primary { get; }

    public RedisProcess Replica { get; }

    public string ConnectionString => $"{string.Join(',', _sentinels.Select(sentinel => sentinel.Address))},serviceName={ServiceName}";

    public static async Task<RedisSentinels> StartAsync()
    {
        var primary = await RedisProcess.StartServerAsync("");
        var replica = await RedisProcess.StartServerAsync($"replicaof 127.0.0.1 {primary.Port}");
        var sentinels = new RedisSentinels(primary, replica);
        try
        {
            for (var i = 0; i < 3; i++)
            {
                sentinels._sentinels.Add(await RedisProcess.StartSentinelAsync($"""
                    sentinel monitor {ServiceName} 127.0.0.1 {primary.Port} 2
                    sentinel down-after-milliseconds {ServiceName} 1000
                    sentinel failover-timeout {ServiceName} 5000
                    """));
            }
            await Deadline.UntilAsync(sentinels.AllKnowAllAsync, "the Sentinels know the replica and one another");
            return sentinels;
        }
        catch
        {
            await sentinels.DisposeAsync();
            throw;
        }
    }

    public static Task UntilPrimaryIsAsync(RedisProcess server) =>
        Deadline.UntilAsync(async () => (await server.AskAsync("role")).StartsWith("master", StringComparison.Ordinal), "the other is the primary");

    public static Task UntilReplicaIsAsync(RedisProcess server) =>
        Deadline.UntilAsync(async () => (await server.AskAsync("role")).StartsWith("slave", StringComparison.Ordinal), "the former primary is a replica");

    public async ValueTask DisposeAsync()
    {
        foreach (var sentinel in _sentinels) await sentinel.DisposeAsync();
        await Primary.DisposeAsync();
        await Replica.DisposeAsync();
    }

    private async Task<bool> AllKnowAllAsync()
    {
        foreach (var sentinel in _sentinels)
        {
            var info = await sentinel.AskAsync("info", "sentinel");
            if (!info.Contains("status=ok") || !info.Contains("slaves=1,sentinels=3")) return false;
        }
        return true;
    }
}
