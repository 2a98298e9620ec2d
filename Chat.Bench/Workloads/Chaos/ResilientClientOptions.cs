namespace Chat.Bench.Workloads.Chaos;

/// <summary>How a client behaves; times are shorter than a real client's, so that a run sees more.</summary>
public sealed record ResilientClientOptions
{
    /// <summary>Sends that wait for their result.</summary>
    public int Window { get; init; } = 4;

    /// <summary>After the first failure; doubles up to <see cref="MaxReconnectDelay"/>, with jitter.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>About how long a call that was refused waits before it is repeated.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a hole in the numbers may fill by itself (docs/protocol.md).</summary>
    public TimeSpan GapDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>At most one mark per chat and this time.</summary>
    public TimeSpan MarkInterval { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Of the acknowledged messages: sent once more, as if the result had been lost.</summary>
    public double RepeatShare { get; init; } = 0.1;

    /// <summary>Of the sends: made twice at once, as by an impatient finger.</summary>
    public double DoubleShare { get; init; } = 0.05;

    /// <summary>Of the marks: read rather than delivered.</summary>
    public double ReadShare { get; init; } = 0.5;

    /// <summary>Of the marks: followed by one that lies behind.</summary>
    public double StaleMarkShare { get; init; } = 0.1;
}
