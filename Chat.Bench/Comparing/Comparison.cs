using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Comparing;

/// <summary>
/// Runs the contestants alternately, each run on a fresh process and a fresh database of one instance: what disturbs the machine
/// then disturbs all alike, and only ratios within a round are compared.
/// </summary>
public static class Comparison
{
    /// <param name="settings">Environment of every server, see <see cref="ServerUnderTest.StartAsync"/>.</param>
    public static async Task<ComparisonResult> RunAsync(
        ComparisonPlan plan, PrivateDatabase instance, IReadOnlyDictionary<string, string> settings, RunOutput output, CancellationToken cancellationToken)
    {
        var runs = plan.Contestants.ToDictionary(contestant => contestant.Name, _ => new List<RunResult>());
        for (var round = 1; round <= plan.Rounds; round++)
        {
            output.Line($"{plan.Name}: round {round} of {plan.Rounds}");
            // Another one begins each round, so that none always profits from what the one before left warm.
            var first = round % plan.Contestants.Count;
            foreach (var contestant in plan.Contestants.Skip(first).Concat(plan.Contestants.Take(first)))
            {
                var database = $"chat_{plan.Name}_{contestant.Name}_{round}";
                var result = await RunOneAsync(contestant, instance, database, settings, output, cancellationToken);
                runs[contestant.Name].Add(result);
                output.Line($"{contestant.Name}: {ResultTable.Text(plan.Headline.Format, Spread.Of([result[plan.Headline]]))} {plan.Headline.Title}");
            }
        }
        return new ComparisonResult(plan, runs, settings);
    }

    private static async Task<RunResult> RunOneAsync(
        Contestant contestant, PrivateDatabase instance, string database, IReadOnlyDictionary<string, string> settings,
        RunOutput output, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, string>(settings);
        foreach (var (key, value) in contestant.Settings) all[key] = value;
        RunResult result;
        await using (var server = await ServerUnderTest.StartAsync(
            contestant.Kind, instance, database, all, cancellationToken, contestant.Probed, contestant.Nodes))
            result = await contestant.Run(server, output, cancellationToken);
        await Databases.DropAsync(instance, database, cancellationToken);
        return result;
    }
}
