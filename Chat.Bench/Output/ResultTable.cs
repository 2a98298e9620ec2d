using System.Globalization;
using Chat.Bench.Measuring;
using Spectre.Console;

namespace Chat.Bench.Output;

/// <summary>Prints figures, one a row, with a column for each run or contestant.</summary>
internal static class ResultTable
{
    public static void Print(RunOutput output, RunResult result)
    {
        output.Line($"Driver: {result.Driver ?? "none"}");
        Print(output, [(result.Server, result.Figures.ToDictionary(f => f.Key, f => new Spread(f.Value, f.Value, f.Value)))]);
    }

    public static void Print(RunOutput output, IReadOnlyList<(string Title, IReadOnlyDictionary<string, Spread> Figures)> columns)
    {
        var table = new Table().AddColumn("");
        foreach (var (title, _) in columns) table.AddColumn(new TableColumn(Markup.Escape(title)).RightAligned());
        foreach (var figure in Figures.In(columns.Select(c => c.Figures.Keys)))
            table.AddRow([Markup.Escape(figure.Title), .. columns.Select(c => Text(figure.Format, c.Figures.GetValueOrDefault(figure.Key)))]);
        output.Table(table);
    }

    /// <summary>The median, and how far the rounds lie apart.</summary>
    public static string Text(string format, Spread? spread) =>
        spread is null ? "–"
        : spread.Min.Equals(spread.Max) ? Number(format, spread.Median)
        : $"{Number(format, spread.Median)} ({Number(format, spread.Min)}–{Number(format, spread.Max)})";

    private static string Number(string format, double value) => value.ToString(format, CultureInfo.InvariantCulture);
}
