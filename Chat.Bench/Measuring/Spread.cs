namespace Chat.Bench.Measuring;

/// <summary>Several rounds of one figure.</summary>
public sealed record Spread(double Median, double Min, double Max)
{
    /// <returns>Null when no round has the figure.</returns>
    public static Spread? Of(IEnumerable<double?> rounds)
    {
        var sorted = rounds.OfType<double>().Order().ToList();
        if (sorted.Count == 0) return null;
        var middle = sorted.Count / 2;
        var median = sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}
