using StackExchange.Redis;

namespace Chat.Server.Realtime.Redis;

/// <summary>
/// Every name in Redis. Each begins with <see cref="RedisOptions.KeyPrefix"/> (<c>chat:</c> unless configured); nothing in Redis has to
/// survive its restart.
/// </summary>
public sealed class RedisNames(RedisOptions options)
{
    /// <summary><c>chat:push</c>, a channel: batches of pushes and of joins and leaves, from each node to all others.</summary>
    public RedisChannel PushChannel { get; } = Channel(options.KeyPrefix + "push");

    /// <summary><c>chat:news</c>, a channel: what the nodes tell each other (<see cref="ClusterNews"/>).</summary>
    public RedisChannel NewsChannel { get; } = Channel(options.KeyPrefix + "news");

    /// <summary><c>chat:signalr:…</c>, the channels of Microsoft's backplane, when that is chosen.</summary>
    public string SignalRPrefix { get; } = options.KeyPrefix + "signalr:";

    private static RedisChannel Channel(string name) => new(name, RedisChannel.PatternMode.Literal);
}
