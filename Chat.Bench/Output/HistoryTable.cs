using System.Globalization;
using Chat.Bench.Workloads.History;
using Spectre.Console;

namespace Chat.Bench.Output;

/// <summary>Prints single calls at several sizes of the database: an operation a row, a size a column.</summary>
internal static class HistoryTable
{
    public static void Print(RunOutput output, HistoryResult result)
    {
        output.Line($"Driver: {result.Driver}. Milliseconds through the hub, one call at a time: p50 / p99, and SELECTs a call.");
        var table = new Table().AddColumn("operation");
        foreach (var size in result.Operations[0].Sizes) table.AddColumn($"{size.Size.ToString("N0", CultureInfo.InvariantCulture)} {result.Unit}");
        table.AddColumn("highest p50 to first");
        foreach (var figure in result.Operations)
            table.AddRow([
                figure.Operation,
                .. figure.Sizes.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Latency.P50Ms:N2} / {s.Latency.P99Ms:N2}, {s.Statements:N1}")),
                figure.Ratio.ToString("N2", CultureInfo.InvariantCulture)]);
        output.Table(table);
        foreach (var check in result.Checks.Where(c => !c.Passed)) CheckTable.Print(output, check);
    }
}
