using Chat.Bench.Workloads.Connect;
using Chat.Bench.Workloads.Group;
using Chat.Bench.Workloads.History;
using Chat.Bench.Workloads.Idle;
using Chat.Bench.Workloads.Pairs;

namespace Chat.Bench.Comparing;

/// <summary>The comparisons that the targets need, each as short as its figure allows: all of them in about ten minutes.</summary>
public static class TargetPlans
{
    public static readonly TimeSpan ShortWarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Measure = TimeSpan.FromSeconds(5);

    public const string Growth = "growth";

    public static IReadOnlyList<string> Names { get; } = [.. Comparisons(rounds: 1, ShortWarmUp).Select(p => p.Name), Growth];

    /// <param name="rounds">Of each; memory does not vary from round to round, and is measured once.</param>
    /// <param name="warmUp">Before each measuring. A server compiles for ten seconds or so after its start.</param>
    public static IReadOnlyList<ComparisonPlan> Comparisons(int rounds, TimeSpan warmUp) =>
    [
        // The naive server has no part in a target of this one.
        Plans.Pairs(PairsOptions.Default with { WarmUp = warmUp, Measure = Measure }, rounds).Without(Plans.Naive),
        Plans.Receipts(PairsOptions.Default with { WarmUp = warmUp, Measure = Measure }, rounds).Without(Plans.FloorReceipts),
        Plans.Paced(PairsOptions.Paced with { WarmUp = warmUp, Measure = Measure }, rounds).Without(Plans.Floor),
        Plans.Group(GroupOptions.Default with { WarmUp = warmUp, Measure = Measure }, rounds),
        Plans.Idle(IdleOptions.Default, rounds: 1),
        Plans.Connect(ConnectOptions.Default with { WarmUp = warmUp, Measure = Measure }, rounds),
        Plans.Start(runs: 3),
    ];

    public static HistoryOptions GrowthOptions { get; } = HistoryOptions.Growth with { Rounds = 8 };

    private static ComparisonPlan Without(this ComparisonPlan plan, string contestant) =>
        plan with { Contestants = [.. plan.Contestants.Where(c => c.Name != contestant)] };
}
