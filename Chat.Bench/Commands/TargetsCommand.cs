using System.CommandLine;
using Chat.Bench.Comparing;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.History;

namespace Chat.Bench.Commands;

/// <summary><c>compare targets</c>: everything that the product has to reach, in one run; fails when something is missed.</summary>
internal static class TargetsCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Each server runs once a round; idle connections are measured once.", DefaultValueFactory = _ => 3 };
        var only = new Option<string[]>("--only") { Description = $"Of these only: {string.Join(", ", TargetPlans.Names)}.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. TargetPlans.Names]);
        var large = new Option<bool>("--large") { Description = $"Growth also at {HistoryOptions.LargeSize:N0} messages; ten minutes more." };
        var warmUp = new Option<double>("--warm-up") { Description = "Seconds before each measuring.", DefaultValueFactory = _ => TargetPlans.ShortWarmUp.TotalSeconds };
        var settings = new SettingsArguments();
        var command = new Command("targets", "Every target of the product with its value, in about ten minutes; fails when one is missed.") { rounds, only, large, warmUp };
        settings.AddTo(command);
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            var names = arguments.GetValue(only) is { Length: > 0 } chosen ? chosen : [.. TargetPlans.Names];
            var plans = TargetPlans.Comparisons(arguments.GetValue(rounds), TimeSpan.FromSeconds(arguments.GetValue(warmUp))).Where(p => names.Contains(p.Name));
            var runs = await RunAsync([.. plans], names.Contains(TargetPlans.Growth), arguments.GetValue(large), settings.Read(arguments), output, cancellationToken);
            return Report(output, names, runs);
        });
        return command;
    }

    private static async Task<TargetRuns> RunAsync(
        IReadOnlyList<ComparisonPlan> plans, bool growing, bool large, IReadOnlyDictionary<string, string> settings, RunOutput output, CancellationToken cancellationToken)
    {
        var results = new Dictionary<string, ComparisonResult>();
        await using (var instance = await output.PhaseAsync("Starting a private database", _ => PrivateDatabase.StartAsync(bufferPool: null, cancellationToken)))
            foreach (var plan in plans)
            {
                var result = await Comparison.RunAsync(plan, instance, settings, output, cancellationToken);
                ComparisonTable.Print(output, result);
                results.Add(plan.Name, result);
            }
        if (!growing) return new TargetRuns(results, Growth: null);

        var options = TargetPlans.GrowthOptions;
        if (large) options = options with { Sizes = [.. options.Sizes, HistoryOptions.LargeSize] };
        var growth = await HistoryRun.RunAsync(options, output, cancellationToken);
        HistoryTable.Print(output, growth);
        return new TargetRuns(results, growth);
    }

    private static bool Report(RunOutput output, string[] names, TargetRuns runs)
    {
        // What was not asked for is neither met nor missed.
        var outcomes = Targets.All.Select(target => target.Judge(runs)).Where(o => o.Met is not null).ToList();
        TargetTable.Print(output, outcomes);
        var missed = outcomes.Count(o => o.Met is false);
        output.Line(missed == 0 ? "All targets that were measured are met." : $"{missed} of {outcomes.Count} targets are missed.");
        var passed = missed == 0 && runs.Passed;
        output.Result(new { Command = "compare targets", Passed = passed, Measured = names, Targets = outcomes, runs.Comparisons, runs.Growth });
        return passed;
    }
}
