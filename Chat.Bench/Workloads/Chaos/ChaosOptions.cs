namespace Chat.Bench.Workloads.Chaos;

/// <summary>The load under which something is broken, and how often.</summary>
/// <param name="SendInterval">Of one user, on average.</param>
/// <param name="Disturbances">How often the thing is broken.</param>
/// <param name="CalmBefore">Load before each disturbance, and after the last.</param>
/// <param name="DropInterval">One user's connection is cut as often as this.</param>
/// <param name="DrainTimeout">How long outboxes may take to empty after the end.</param>
public sealed record ChaosOptions(
    int Pairs,
    int Groups,
    int GroupSize,
    TimeSpan SendInterval,
    int Disturbances,
    TimeSpan CalmBefore,
    TimeSpan DropInterval,
    TimeSpan DrainTimeout)
{
    public static ChaosOptions Default { get; } = new(
        Pairs: 50, Groups: 3, GroupSize: 20, TimeSpan.FromMilliseconds(100), Disturbances: 3,
        CalmBefore: TimeSpan.FromSeconds(6), DropInterval: TimeSpan.FromMilliseconds(300), DrainTimeout: TimeSpan.FromSeconds(60));

    /// <summary>For a test suite.</summary>
    public static ChaosOptions Quick { get; } = Default with
    {
        Pairs = 10, Groups = 1, GroupSize = 10, Disturbances = 2, CalmBefore = TimeSpan.FromSeconds(1.5),
    };

    public ResilientClientOptions Client { get; init; } = new();
}
