using Chat.Bench.Checker;

namespace Chat.Bench.Measuring;

/// <summary>What one run of a workload against one server gave.</summary>
/// <param name="Driver">Of the database, with version; null where there is no database.</param>
/// <param name="Figures">By <see cref="Figure.Key"/>. Processor times are per event of the workload.</param>
/// <param name="Check">Null where the workload checks only that everything arrived.</param>
public sealed record RunResult(string Server, string? Driver, IReadOnlyDictionary<string, double> Figures, CheckReport? Check)
{
    public bool Passed => Check is null or { Passed: true };

    /// <returns>Null when the run has no such figure.</returns>
    public double? this[Figure figure] => Figures.TryGetValue(figure.Key, out var value) ? value : null;
}
