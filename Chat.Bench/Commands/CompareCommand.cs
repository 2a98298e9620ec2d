using System.CommandLine;
using System.Globalization;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Workloads.Pairs;
using Spectre.Console;

namespace Chat.Bench.Commands;

/// <summary><c>compare …</c>: the product beside the naive server and the bare framework, in one run.</summary>
internal static class CompareCommand
{
    public static Command Create() => new("compare", "Runs a workload alternately against the product, the naive server and the floor.")
    {
        Pairs(),
    };

    private static Command Pairs()
    {
        var options = new PairsArguments();
        var rounds = new Option<int>("--rounds") { Description = "Each server runs once a round.", DefaultValueFactory = _ => 3 };
        var command = new Command("pairs", "The workload of the command pairs.") { rounds };
        options.AddTo(command);
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            var result = await PairsComparison.RunAsync(options.Read(arguments), arguments.GetValue(rounds), output, cancellationToken);
            Print(output, result);
            output.Result(new { Command = "compare pairs", result.Passed, Result = result });
            return result.Passed;
        });
        return command;
    }

    private static void Print(RunOutput output, PairsComparisonResult result)
    {
        output.Line($"Driver: {result.Driver}. Medians of {result.Rounds} rounds (lowest–highest).");
        var table = new Table().AddColumns(
            "server", "messages/s", "send→ack p50 ms", "p99 ms", "send→receive p50 ms", "p99 ms", "server µs", "database µs", "generator CPU");
        foreach (var server in result.Servers)
            table.AddRow(
                server.Server,
                Text(server.MessagesPerSecond, "N0"),
                Text(server.AckP50Ms, "N2"), Text(server.AckP99Ms, "N2"),
                Text(server.ReceiveP50Ms, "N2"), Text(server.ReceiveP99Ms, "N2"),
                Text(server.ServerCpuMicroseconds, "N1"), Text(server.DatabaseCpuMicroseconds, "N1"),
                Text(server.GeneratorCpuShare, "P0"));
        output.Table(table);
        output.Line($"Product to floor: {Text(result.ProductToFloor, "N2")}; to naive: {Text(result.ProductToNaive, "N2")}");
    }

    private static string Text(Spread? spread, string format) =>
        spread is null
            ? "–"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{spread.Median.ToString(format, CultureInfo.InvariantCulture)} ({spread.Min.ToString(format, CultureInfo.InvariantCulture)}–{spread.Max.ToString(format, CultureInfo.InvariantCulture)})");
}
