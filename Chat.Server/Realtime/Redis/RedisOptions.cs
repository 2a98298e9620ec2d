namespace Chat.Server.Realtime.Redis;

/// <summary>Section <c>Redis</c>. Where Redis is stands in <c>ConnectionStrings:Redis</c>; without it a node runs alone.</summary>
public sealed record RedisOptions
{
    public const string LocalFirst = "local-first";
    public const string Microsoft = "microsoft";

    /// <summary>Begins the name of every key and channel, so that several deployments (or tests) can share one Redis.</summary>
    public string KeyPrefix { get; init; } = "chat:";

    /// <summary>
    /// Who carries pushes between nodes: <c>local-first</c> (ours) or <c>microsoft</c> (its package; not in builds from a
    /// limited feed). All nodes must agree. See docs/decisions/0004.
    /// </summary>
    public string Backplane { get; init; } = LocalFirst;

    /// <summary>How long a starting node waits for Redis before it starts without.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What may wait to be sent to the other nodes, on one channel. More is dropped, and they are told.</summary>
    public int MaxQueuedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// How often a node shows that it lives and that its channels work. After three it counts as gone, and a channel over which
    /// nothing came for as long counts as broken.
    /// </summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a node compares the groups and sessions of its connections with the database, in case news was lost unnoticed.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many clients a second are asked to catch up after pushes may have been lost.</summary>
    public int ResyncsPerSecond { get; init; } = 1_000;

    internal static (string Key, string Reason)? Check(RedisOptions o) =>
        o.KeyPrefix.Length is 0 or > 100 ? ("KeyPrefix", "must have 1 to 100 characters")
        : o.Backplane is not (LocalFirst or Microsoft) ? ("Backplane", $"must be {LocalFirst} or {Microsoft}")
        : o.StartTimeout <= TimeSpan.Zero ? ("StartTimeout", "must be positive")
        : o.MaxQueuedBytes < 1024 * 1024 ? ("MaxQueuedBytes", "must be at least 1048576")
        : o.Heartbeat < TimeSpan.FromMilliseconds(100) ? ("Heartbeat", "must be at least 00:00:00.1")
        : o.CheckInterval < TimeSpan.FromSeconds(1) ? ("CheckInterval", "must be at least 00:00:01")
        : o.ResyncsPerSecond < 1 ? ("ResyncsPerSecond", "must be at least 1")
        : null;
}
