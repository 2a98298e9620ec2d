namespace Chat.Server.Hosting.Draining;

/// <summary>Section <c>Drain</c>: how a node goes away on SIGTERM. The three times add up to the most that it takes.</summary>
public sealed record DrainOptions
{
    /// <summary>How long the node reports itself not ready, and serves on, until load balancers have noticed.</summary>
    public TimeSpan NotReadyTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Over which time clients are asked to reconnect, so that they do not all come to the other nodes at once.</summary>
    public TimeSpan ReconnectTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long calls that are under way may take to finish.</summary>
    public TimeSpan FinishTime { get; init; } = TimeSpan.FromSeconds(5);

    internal static (string Key, string Reason)? Check(DrainOptions options) =>
        options.NotReadyTime < TimeSpan.Zero ? (nameof(NotReadyTime), "must not be negative")
        : options.ReconnectTime < TimeSpan.Zero ? (nameof(ReconnectTime), "must not be negative")
        : options.FinishTime < TimeSpan.Zero ? (nameof(FinishTime), "must not be negative")
        : null;
}
