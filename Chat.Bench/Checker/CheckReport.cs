namespace Chat.Bench.Checker;

/// <summary>What a check looked at, and what it found wrong.</summary>
/// <param name="Checked">By rule: how many things were held against it.</param>
/// <param name="Violations">The first of them.</param>
/// <param name="ViolationCount">All of them.</param>
public sealed record CheckReport(
    IReadOnlyList<CheckedRule> Checked, IReadOnlyList<Violation> Violations, long ViolationCount)
{
    public bool Passed => ViolationCount == 0;
}

public sealed record CheckedRule(string Rule, long Count, long Violations);

public sealed record Violation(string Rule, string Text);

/// <summary>Gathers a report.</summary>
internal sealed class CheckLog
{
    private const int MaxViolations = 20;

    private readonly Dictionary<string, (long Count, long Violations)> _rules = [];
    private readonly List<Violation> _violations = [];
    private long _violationCount;

    public void Checked(string rule, long count = 1)
    {
        _rules.TryGetValue(rule, out var entry);
        _rules[rule] = (entry.Count + count, entry.Violations);
    }

    public void Violated(string rule, string text)
    {
        _rules.TryGetValue(rule, out var entry);
        _rules[rule] = (entry.Count, entry.Violations + 1);
        if (_violations.Count < MaxViolations) _violations.Add(new Violation(rule, text));
        _violationCount++;
    }

    public CheckReport ToReport() => new(
        [.. _rules.Select(rule => new CheckedRule(rule.Key, rule.Value.Count, rule.Value.Violations))], _violations, _violationCount);
}
