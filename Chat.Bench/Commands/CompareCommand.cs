using System.CommandLine;
using Chat.Bench.Comparing;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Pairs;

namespace Chat.Bench.Commands;

/// <summary><c>compare …</c>: the product beside the naive server and the bare framework, in one run.</summary>
internal static class CompareCommand
{
    public static Command Create() => new("compare", "Runs a workload alternately against the product and what it is held against.")
    {
        Pairs("pairs", "Messages per second: the product, the naive server, the floor.", PairsOptions.Default, Plans.Pairs),
        Pairs("receipts", "The same with receipts: the product, the floor with and without them.", PairsOptions.Default, Plans.Receipts),
        Pairs("paced", "Latencies at a fixed pace: the product, the naive server, the floor.", PairsOptions.Paced, Plans.Paced),
        Group(),
    };

    private static Command Pairs(string name, string description, PairsOptions defaults, Func<PairsOptions, int, ComparisonPlan> plan)
    {
        var options = new PairsArguments(defaults);
        return Compare(name, description, options.AddTo, (arguments, rounds) => plan(options.Read(arguments), rounds));
    }

    private static Command Group()
    {
        var options = new GroupArguments();
        return Compare(
            "group", "Deliveries per second in a group: the product, the same with members offline (10,000 unless said otherwise), the floor.", options.AddTo,
            (arguments, rounds) => Plans.Group(options.Read(arguments), rounds));
    }

    private static Command Compare(
        string name, string description, Action<Command> addOptions, Func<ParseResult, int, ComparisonPlan> plan)
    {
        var rounds = new Option<int>("--rounds") { Description = "Each server runs once a round.", DefaultValueFactory = _ => 3 };
        var settings = new SettingsArguments();
        var command = new Command(name, description) { rounds };
        settings.AddTo(command);
        addOptions(command);
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            await using var instance = await output.PhaseAsync(
                "Starting a private database", _ => PrivateDatabase.StartAsync(bufferPool: null, cancellationToken));
            var result = await Comparison.RunAsync(
                plan(arguments, arguments.GetValue(rounds)), instance, settings.Read(arguments), output, cancellationToken);
            ComparisonTable.Print(output, result);
            output.Result(new { Command = $"compare {name}", result.Passed, Result = result });
            return result.Passed;
        });
        return command;
    }
}
