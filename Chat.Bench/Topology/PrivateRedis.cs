namespace Chat.Bench.Topology;

/// <summary>A Redis of this run alone. It stores nothing, so that after a crash it comes back empty.</summary>
public sealed class PrivateRedis() : PrivateService("redis", "CHAT_REDIS_PORT")
{
    public string Address => $"127.0.0.1:{Port}";

    /// <exception cref="BenchException">It cannot be started here; the message says why.</exception>
    public static async Task<PrivateRedis> StartNewAsync(CancellationToken cancellationToken)
    {
        var redis = new PrivateRedis();
        try
        {
            await redis.StartAsync(cancellationToken);
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
        return redis;
    }
}
