using Chat.Bench.Checker;
using Spectre.Console;

namespace Chat.Bench.Output;

/// <summary>Prints what a check looked at and found.</summary>
internal static class CheckTable
{
    public static void Print(RunOutput output, CheckReport report)
    {
        var table = new Table().AddColumns("rule", "checked", "violations");
        foreach (var rule in report.Checked)
            table.AddRow(Markup.Escape(rule.Rule), rule.Count.ToString("N0"), rule.Violations == 0 ? "none" : rule.Violations.ToString("N0"));
        output.Table(table);
        foreach (var violation in report.Violations)
            output.Line($"VIOLATION: {violation.Rule}: {violation.Text}");
        output.Line(report.Passed ? "Consistent." : $"{report.ViolationCount:N0} violations.");
    }
}
