using Chat.Bench.Measuring;
using Chat.Bench.Workloads.History;

namespace Chat.Bench.Comparing;

/// <summary>What was measured for the targets.</summary>
/// <param name="Comparisons">By name.</param>
/// <param name="Growth">Null when it was left out.</param>
public sealed record TargetRuns(IReadOnlyDictionary<string, ComparisonResult> Comparisons, HistoryResult? Growth)
{
    public bool Passed => Comparisons.Values.All(c => c.Passed) && (Growth?.Checks.All(c => c.Passed) ?? true);
}

/// <summary>A figure that the product has to reach.</summary>
/// <param name="Name">In JSON.</param>
/// <param name="Text">What is measured, and against what.</param>
/// <param name="AtLeast">The value must not be below; null when there is no lower bound.</param>
/// <param name="AtMost">The value must not be above; null when there is no upper bound.</param>
/// <param name="Value">Null when it was not measured.</param>
public sealed record Target(string Name, string Text, double? AtLeast, double? AtMost, Func<TargetRuns, double?> Value)
{
    /// <summary>The same ratio by processor time, for machines that do other things as well; it decides nothing.</summary>
    public Func<TargetRuns, double?>? ByProcessorTime { get; init; }

    public TargetOutcome Judge(TargetRuns runs)
    {
        var value = Value(runs);
        var met = value is { } number ? (bool?)(number >= (AtLeast ?? double.MinValue) && number <= (AtMost ?? double.MaxValue)) : null;
        return new TargetOutcome(Name, Text, AtLeast, AtMost, value, met, ByProcessorTime?.Invoke(runs));
    }
}

/// <param name="Met">Null when it was not measured.</param>
/// <param name="ByProcessorTime">See <see cref="Target.ByProcessorTime"/>; null where there is no such ratio.</param>
public sealed record TargetOutcome(string Name, string Text, double? AtLeast, double? AtMost, double? Value, bool? Met, double? ByProcessorTime);

/// <summary>All targets. Ratios are medians over the rounds of what two servers reached within one round.</summary>
public static class Targets
{
    public static IReadOnlyList<Target> All { get; } =
    [
        Throughput("pairs", "pairs: messages/s, product to floor", 0.5, "pairs", Figures.MessagesPerSecond, Plans.Product, Plans.Floor),
        AtMost("pacedP50", "paced: send→ack p50 of the product, ms", 0.8, runs => Median(runs, "paced", Figures.AckP50, Plans.Product)),
        AtMost("pacedP99", "paced: send→ack p99 of the product, ms", 2, runs => Median(runs, "paced", Figures.AckP99, Plans.Product)),
        AtMost("pacedP50ToNaive", "paced: send→ack p50, product to naive", NoWorse, runs => Ratio(runs, "paced", Figures.AckP50, Plans.Product, Plans.Naive)),
        AtMost("pacedP99ToNaive", "paced: send→ack p99, product to naive", NoWorse, runs => Ratio(runs, "paced", Figures.AckP99, Plans.Product, Plans.Naive)),
        Throughput("receipts", "receipts: messages/s with receipts to the floor's without", 0.25, "receipts", Figures.MessagesPerSecond, Plans.ProductReceipts, Plans.Floor),
        Throughput("group", "group: deliveries/s, product to floor", 0.8, "group", Figures.DeliveriesPerSecond, Plans.Product, Plans.Floor),
        Throughput("groupOffline", "group: deliveries/s with 10,000 members offline to without", 0.9, "group", Figures.DeliveriesPerSecond, Plans.ProductOffline, Plans.Product),
        AtMost("idle", "idle: memory per connection, product to floor", 1.3, runs => Ratio(runs, "idle", Figures.KibibytesPerConnection, Plans.Product, Plans.Floor)),
        AtLeast("idleConnections", "idle: connections held by the product", 10_000, runs => Median(runs, "idle", Figures.Connections, Plans.Product)),
        Throughput("connect", "connect: people caught up per second, product to bare connects of the floor", 0.4, "connect", Figures.ConnectsPerSecond, Plans.Product, Plans.Floor),
        .. Enum.GetValues<HistoryOperation>().Select(operation => AtMost(
            $"growth{operation}", $"growth: {operation}, median at the slowest size to that at the smallest", HistoryOptions.Growth.MaxRatio,
            runs => runs.Growth?.Operations.FirstOrDefault(o => o.Operation == operation.ToString())?.Ratio)),
    ];

    /// <summary>A median of a few runs differs from its like by some per cent for no reason.</summary>
    private const double NoWorse = 1.05;

    /// <summary>A ratio of something per second.</summary>
    private static Target Throughput(string name, string text, double bound, string comparison, Figure figure, string one, string other) =>
        AtLeast(name, text, bound, runs => Ratio(runs, comparison, figure, one, other)) with
        {
            ByProcessorTime = runs => Ratio(runs, comparison, Figures.Capacity, one, other),
        };

    private static Target AtLeast(string name, string text, double bound, Func<TargetRuns, double?> value) => new(name, text, bound, AtMost: null, value);

    private static Target AtMost(string name, string text, double bound, Func<TargetRuns, double?> value) => new(name, text, AtLeast: null, bound, value);

    private static double? Ratio(TargetRuns runs, string comparison, Figure figure, string one, string other) =>
        runs.Comparisons.TryGetValue(comparison, out var result) ? result.Ratio(figure, one, other)?.Median : null;

    private static double? Median(TargetRuns runs, string comparison, Figure figure, string contestant) =>
        runs.Comparisons.TryGetValue(comparison, out var result) ? result.Of(figure, contestant)?.Median : null;
}
