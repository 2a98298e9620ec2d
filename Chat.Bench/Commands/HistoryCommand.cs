using System.CommandLine;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.History;

namespace Chat.Bench.Commands;

/// <summary><c>history</c>, <c>growth</c> and <c>lists</c>: does a call stay as fast when the database grows, or a person's list of chats?</summary>
internal static class HistoryCommand
{
    private const string DefaultChart = "docs/growth.svg";

    public static Command History() => Create(
        "history", "Pages of history, chat list and sync, at several sizes of the database.", HistoryOptions.History);

    public static Command Growth()
    {
        var large = new Option<bool>("--large") { Description = $"Also {HistoryOptions.LargeSize:N0} messages and 100,000 users; about ten minutes and 8 GB of disk." };
        var chart = new Option<string?>("--chart") { Description = $"Draws the medians into this file; {DefaultChart} when none is named.", Arity = ArgumentArity.ZeroOrOne };
        return Create(
            "growth", "Send, receipt, pages of history, chat list and sync, at several sizes of the database.", HistoryOptions.Growth,
            (arguments, options) => arguments.GetValue(large) ? options with { Sizes = [.. options.Sizes, HistoryOptions.LargeSize] } : options,
            (arguments, result) => arguments.GetResult(chart) is not null ? DrawAsync(arguments.GetValue(chart), result) : Task.CompletedTask,
            large, chart);
    }

    public static Command Lists()
    {
        var defaults = HistoryOptions.Lists;
        var sizes = new Option<int[]>("--chats") { Description = "Chats of a person, to compare: 50 1000.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. defaults.Sizes] };
        var rounds = new Option<int>("--rounds") { Description = "The sizes take turns so often.", DefaultValueFactory = _ => defaults.Rounds };
        var command = new Command("lists", "Pages of the chat list, of people with few and with many chats.") { sizes, rounds };
        command.Runs((arguments, output, cancellationToken) => RunAsync(
            "lists", defaults with { Sizes = arguments.GetValue(sizes)!, Rounds = arguments.GetValue(rounds) }, output, cancellationToken));
        return command;
    }

    private static Command Create(
        string name, string description, HistoryOptions defaults,
        Func<ParseResult, HistoryOptions, HistoryOptions>? adapt = null, Func<ParseResult, HistoryResult, Task>? then = null,
        params IEnumerable<Option> more)
    {
        var sizes = new Option<int[]>("--messages") { Description = "Sizes to compare: 10000 1000000.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. defaults.Sizes] };
        var chats = new Option<int?>("--chats") { Description = "The same number of chats at every size, so that only they grow." };
        var rounds = new Option<int>("--rounds") { Description = "The sizes take turns so often.", DefaultValueFactory = _ => defaults.Rounds };
        var calls = new Option<int>("--calls") { Description = "Calls of each kind in a round.", DefaultValueFactory = _ => defaults.CallsPerRound };
        var pool = new Option<string>("--buffer-pool") { Description = "The database's buffer pool.", DefaultValueFactory = _ => defaults.BufferPool };
        var ratio = new Option<double>("--max-ratio") { Description = "Fails when a median at any size is above so many times that of the first.", DefaultValueFactory = _ => defaults.MaxRatio };

        var command = new Command(name, description) { sizes, chats, rounds, calls, pool, ratio };
        foreach (var option in more) command.Add(option);
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            var options = defaults with
            {
                Sizes = arguments.GetValue(sizes)!,
                Chats = arguments.GetValue(chats),
                Rounds = arguments.GetValue(rounds),
                CallsPerRound = arguments.GetValue(calls),
                BufferPool = arguments.GetValue(pool)!,
                MaxRatio = arguments.GetValue(ratio),
            };
            return await RunAsync(
                name, adapt?.Invoke(arguments, options) ?? options, output, cancellationToken, result => then?.Invoke(arguments, result) ?? Task.CompletedTask);
        });
        return command;
    }

    private static async Task<bool> RunAsync(
        string name, HistoryOptions options, RunOutput output, CancellationToken cancellationToken, Func<HistoryResult, Task>? then = null)
    {
        var result = await HistoryRun.RunAsync(options, output, cancellationToken);
        HistoryTable.Print(output, result);
        if (then is not null) await then(result);
        output.Result(new { Command = name, result.Passed, Result = result });
        return result.Passed;
    }

    private static Task DrawAsync(string? file, HistoryResult result) =>
        File.WriteAllTextAsync(file ?? Path.Combine(RepositoryRoot.Find(), DefaultChart), GrowthChart.Draw(result));
}
