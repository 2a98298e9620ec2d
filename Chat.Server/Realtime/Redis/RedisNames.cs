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

    /// <summary>
    /// <c>chat:{presence}:online</c>, a sorted set: users who are online, by when their last lease runs out (Unix ms). The braces
    /// keep all keys of presence in one slot of a Redis Cluster.
    /// </summary>
    public RedisKey OnlineUsers { get; } = options.KeyPrefix + "{presence}:online";

    /// <summary><c>chat:{presence}:leases:(userId)</c>, a sorted set: the user's connections, by when their lease runs out (Unix ms).</summary>
    public RedisKey PresenceLeases(long userId) => $"{options.KeyPrefix}{{presence}}:leases:{userId}";

    private static RedisChannel Channel(string name) => new(name, RedisChannel.PatternMode.Literal);
}
