using System.CommandLine;
using System.Globalization;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Workloads.Backplane;
using Spectre.Console;

namespace Chat.Bench.Commands;

/// <summary><c>backplane …</c>: what carrying pushes between nodes costs, without servers around it (docs/decisions/0004).</summary>
internal static class BackplaneCommand
{
    public static Command Create() => new("backplane", "Measures what carries pushes between nodes, alone: no server, no database, no sockets.")
    {
        Compare(),
        Flood(),
    };

    private static Command Compare()
    {
        var rounds = new Option<int>("--rounds") { Description = "Each backplane runs once a round.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<double>("--measure") { Description = "Seconds for each case.", DefaultValueFactory = _ => 2 };
        var command = new Command("compare", "Ours and Microsoft's: processor time per delivery, and the time to join groups.") { rounds, seconds };
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            var result = await BackplaneComparison.RunAsync(
                TimeSpan.FromSeconds(arguments.GetValue(seconds)), arguments.GetValue(rounds), output, cancellationToken);
            Print(output, result);
            output.Result(new { Command = "backplane compare", Passed = true, Result = result });
            return true;
        });
        return command;
    }

    private static Command Flood()
    {
        var rates = new Option<int[]>("--rates")
        {
            Description = "Entries a second that the other nodes send, together.", DefaultValueFactory = _ => [1_000, 5_000, 20_000, 50_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var nodes = new Option<int>("--nodes") { Description = "How many other nodes.", DefaultValueFactory = _ => 4 };
        var seconds = new Option<double>("--measure") { Description = "Seconds for each rate.", DefaultValueFactory = _ => 4 };
        var command = new Command("flood", "What a node spends on pushes of other nodes that are for nobody here.") { rates, nodes, seconds };
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            var result = await FloodRun.RunAsync(
                arguments.GetValue(rates)!, arguments.GetValue(nodes), TimeSpan.FromSeconds(arguments.GetValue(seconds)), output, cancellationToken);
            Print(output, result);
            output.Result(new { Command = "backplane flood", Passed = true, Result = result });
            return true;
        });
        return command;
    }

    private static void Print(RunOutput output, BackplaneComparisonResult result)
    {
        var pushes = new Table().AddColumns("backplane", "receivers", "burst", "pushes/s", "nodes µs", "Redis µs", "to local-first");
        foreach (var row in result.Pushes)
            pushes.AddRow(
                row.Backplane, row.Case, Text(row.Burst), Text(row.PushesPerSecond, "N0"), Text(row.NodesMicroseconds, "N2"),
                Text(row.RedisMicroseconds, "N2"), Text(row.Ratio, "N2"));
        output.Line("Processor time per delivery: medians of the rounds (lowest–highest).");
        output.Table(pushes);

        var joins = new Table().AddColumns("backplane", "seconds", "nodes CPU s", "Redis CPU s");
        foreach (var row in result.Joins)
            joins.AddRow(row.Backplane, Text(row.Seconds, "N2"), Text(row.NodesCpuSeconds, "N2"), Text(row.RedisCpuSeconds, "N2"));
        output.Line("1,000 connections join 20 groups each:");
        output.Table(joins);
    }

    private static void Print(RunOutput output, FloodResult result)
    {
        var table = new Table().AddColumns("entries/s", "messages/s", "node µs per entry", "node CPU (1 = a core)", "Redis CPU");
        foreach (var row in result.Rates)
            table.AddRow(
                Text(row.EntriesPerSecond), Text(row.MessagesPerSecond), Text(row.MicrosecondsPerEntry, "N2"), Text(row.NodeCores, "N3"), Text(row.RedisCores, "N3"));
        output.Table(table);
    }

    private static string Text(Spread? spread, string format) =>
        spread is null ? "–" : $"{Text(spread.Median, format)} ({Text(spread.Min, format)}–{Text(spread.Max, format)})";

    private static string Text(double value, string format = "N0") => value.ToString(format, CultureInfo.InvariantCulture);
}
