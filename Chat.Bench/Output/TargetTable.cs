using System.Globalization;
using Chat.Bench.Comparing;
using Spectre.Console;

namespace Chat.Bench.Output;

/// <summary>Prints each target with what was reached.</summary>
internal static class TargetTable
{
    public static void Print(RunOutput output, IReadOnlyList<TargetOutcome> outcomes)
    {
        var table = new Table().AddColumn("target").AddColumn("wanted").AddColumn(new TableColumn("reached").RightAligned())
            .AddColumn(new TableColumn("by processor time").RightAligned()).AddColumn("");
        foreach (var outcome in outcomes)
            table.AddRow(
                Markup.Escape(outcome.Text),
                outcome.AtLeast is { } least ? $"at least {Number(least)}" : $"at most {Number(outcome.AtMost!.Value)}",
                outcome.Value is { } value ? Number(value) : "–",
                outcome.ByProcessorTime is { } byTime ? Number(byTime) : "",
                outcome.Met switch { true => "met", false => "MISSED", null => "not measured" });
        output.Table(table);
    }

    private static string Number(double value) => value.ToString(value < 100 ? "0.00" : "N0", CultureInfo.InvariantCulture);
}
