using System.Text.Json.Serialization;
using Chat.Bench.Measuring;

namespace Chat.Bench.Comparing;

/// <summary>What a comparison found: of each contestant the spread of every figure, and the headline's ratios.</summary>
public sealed class ComparisonResult(
    ComparisonPlan plan, IReadOnlyDictionary<string, List<RunResult>> runs, IReadOnlyDictionary<string, string> settings)
{
    public string Name => plan.Name;

    public int Rounds => plan.Rounds;

    public string? Driver => runs.Values.SelectMany(r => r).Select(r => r.Driver).FirstOrDefault(driver => driver is not null);

    /// <summary>What the servers' environment held beyond what every run needs.</summary>
    public IReadOnlyDictionary<string, string> Settings => settings;

    /// <summary>By contestant and <see cref="Figure.Key"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, Spread>> Contestants =>
        plan.Contestants.ToDictionary(c => c.Name, c => SpreadsOf(runs[c.Name]));

    /// <summary>Of the headline, within a round: the first contestant to each other one.</summary>
    public IReadOnlyDictionary<string, Spread> Ratios => RatiosOf(plan.Headline);

    /// <summary>The same by <see cref="Figures.Capacity"/>; empty where the workload has no events that cost processor time.</summary>
    public IReadOnlyDictionary<string, Spread> CapacityRatios => RatiosOf(Figures.Capacity);

    /// <summary>Of the ratios, those that are limited.</summary>
    public IReadOnlyDictionary<string, double> MaxRatios => plan.MaxRatios;

    /// <summary>Whether every check of every run passed, and every ratio is within its limit.</summary>
    public bool Passed => runs.Values.All(ofOne => ofOne.All(run => run.Passed)) && plan.MaxRatios.All(limit => IsWithin(limit.Key, limit.Value));

    [JsonIgnore]
    public Figure Headline => plan.Headline;

    [JsonIgnore]
    public IEnumerable<RunResult> FailedRuns => runs.Values.SelectMany(ofOne => ofOne.Where(run => !run.Passed));

    /// <returns>Null when no round has the figure.</returns>
    public Spread? Of(Figure figure, string contestant) => Spread.Of(runs[contestant].Select(run => run[figure]));

    /// <summary>One contestant's figure to another's, round by round.</summary>
    /// <returns>Null when no round has both.</returns>
    public Spread? Ratio(Figure figure, string one, string other) =>
        Spread.Of(runs[one].Zip(runs[other], (a, b) => a[figure] / b[figure]));

    private IReadOnlyDictionary<string, Spread> RatiosOf(Figure figure) => plan.Contestants.Skip(1)
        .Select(other => (other.Name, Ratio: Ratio(figure, plan.Contestants[0].Name, other.Name)))
        .Where(r => r.Ratio is not null)
        .ToDictionary(r => r.Name, r => r.Ratio!);

    /// <summary>A ratio that could not be measured is not within its limit.</summary>
    private bool IsWithin(string contestant, double limit) => Ratios.TryGetValue(contestant, out var ratio) && ratio.Median <= limit;

    private static IReadOnlyDictionary<string, Spread> SpreadsOf(List<RunResult> ofOne) =>
        ofOne.SelectMany(run => run.Figures.Keys).Distinct().ToDictionary(
            key => key, key => Spread.Of(ofOne.Select(run => run.Figures.TryGetValue(key, out var value) ? (double?)value : null))!);
}
