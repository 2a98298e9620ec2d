using System.CommandLine;
using System.Globalization;
using Chat.Bench.Output;
using Chat.Bench.Workloads.History;
using Spectre.Console;

namespace Chat.Bench.Commands;

/// <summary><c>history</c>: does reading stay as fast when the database grows?</summary>
internal static class HistoryCommand
{
    public static Command Create()
    {
        var defaults = HistoryOptions.Default;
        var sizes = new Option<int[]>("--messages") { Description = "Sizes to compare: 10000 1000000.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. defaults.Sizes] };
        var chats = new Option<int?>("--chats") { Description = "The same number of chats at every size, so that only they grow." };
        var rounds = new Option<int>("--rounds") { Description = "The sizes take turns so often.", DefaultValueFactory = _ => defaults.Rounds };
        var calls = new Option<int>("--calls") { Description = "Calls of each kind in a round.", DefaultValueFactory = _ => defaults.CallsPerRound };
        var pool = new Option<string>("--buffer-pool") { Description = "The database's buffer pool.", DefaultValueFactory = _ => defaults.BufferPool };
        var ratio = new Option<double>("--max-ratio") { Description = "Fails when a median at the last size is above so many times the first.", DefaultValueFactory = _ => defaults.MaxRatio };

        var command = new Command("history", "Pages of history, chat list and sync, at several sizes of the database.") { sizes, chats, rounds, calls, pool, ratio };
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            var options = new HistoryOptions(
                arguments.GetValue(sizes)!, arguments.GetValue(chats), arguments.GetValue(rounds), arguments.GetValue(calls), arguments.GetValue(pool)!, arguments.GetValue(ratio));
            var result = await HistoryRun.RunAsync(options, output, cancellationToken);
            Print(output, result);
            output.Result(new { Command = "history", result.Passed, Result = result });
            return result.Passed;
        });
        return command;
    }

    private static void Print(RunOutput output, HistoryResult result)
    {
        output.Line($"Driver: {result.Driver}. Milliseconds through the hub, one call at a time: p50 / p99.");
        var table = new Table().AddColumn("operation");
        foreach (var size in result.Operations[0].Sizes) table.AddColumn($"{size.Messages.ToString("N0", CultureInfo.InvariantCulture)} messages");
        table.AddColumn("ratio of p50");
        foreach (var figure in result.Operations)
            table.AddRow([
                figure.Operation,
                .. figure.Sizes.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Latency.P50Ms:N2} / {s.Latency.P99Ms:N2}")),
                figure.Ratio.ToString("N2", CultureInfo.InvariantCulture)]);
        output.Table(table);
    }
}
