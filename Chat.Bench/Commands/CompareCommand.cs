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
        Pairs("nodes", "The price of the second node: processor time per message on two nodes, on one, on two over Microsoft's backplane.", PairsOptions.Default, Plans.Nodes),
        Group(),
        Idle(),
        Connect(),
        Start(),
        TargetsCommand.Create(),
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

    private static Command Idle()
    {
        var options = new IdleArguments();
        return Compare(
            "idle", "Memory per connection: the product, the floor.", options.AddTo, (arguments, rounds) => Plans.Idle(options.Read(arguments), rounds), defaultRounds: 1);
    }

    private static Command Connect()
    {
        var options = new ConnectArguments();
        return Compare(
            "connect", "People coming back per second: the product, bare connections of the floor.", options.AddTo,
            (arguments, rounds) => Plans.Connect(options.Read(arguments), rounds));
    }

    private static Command Start() => Compare(
        "start", "Time to the first answer: the product, the floor; medians of as many starts as there are rounds.", _ => { }, (_, rounds) => Plans.Start(rounds), defaultRounds: 5);

    private static Command Compare(
        string name, string description, Action<Command> addOptions, Func<ParseResult, int, ComparisonPlan> plan, int defaultRounds = 3)
    {
        var rounds = new Option<int>("--rounds") { Description = "Each server runs once a round.", DefaultValueFactory = _ => defaultRounds };
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
