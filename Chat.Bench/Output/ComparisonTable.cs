using System.Globalization;
using Chat.Bench.Comparing;
using Chat.Bench.Measuring;

namespace Chat.Bench.Output;

/// <summary>Prints a comparison: a contestant a column, the median of each figure and its spread.</summary>
internal static class ComparisonTable
{
    public static void Print(RunOutput output, ComparisonResult result)
    {
        var contestants = result.Contestants;
        output.Line($"{result.Name}: medians of {result.Rounds} rounds (lowest–highest). Driver: {result.Driver ?? "none"}. Settings: {Describe(result.Settings)}");
        ResultTable.Print(output, [.. contestants.Select(c => (c.Key, c.Value))]);
        foreach (var (other, ratio) in result.Ratios)
            output.Line(
                $"{result.Headline.Title}: {contestants.Keys.First()} to {other}, within a round: {ResultTable.Text("N2", ratio)}"
                + (result.MaxRatios.TryGetValue(other, out var limit) ? string.Create(CultureInfo.InvariantCulture, $"; at most {limit:N2} in the median") : ""));
        foreach (var (other, ratio) in result.CapacityRatios)
            output.Line($"{Figures.Capacity.Title}: {contestants.Keys.First()} to {other}, within a round: {ResultTable.Text("N2", ratio)}");
        foreach (var failed in result.FailedRuns) CheckTable.Print(output, failed.Check!);
    }

    private static string Describe(IReadOnlyDictionary<string, string> settings) =>
        settings.Count == 0 ? "none beyond the servers' own" : string.Join(' ', settings.Select(s => $"{s.Key}={s.Value}"));
}
