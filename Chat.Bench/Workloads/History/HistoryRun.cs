using Chat.Bench.Checker;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.History;

/// <summary>
/// Measures single calls at several sizes of the database: one instance holds them all, each has a server process of its own, and
/// they take turns, so that what disturbs the machine disturbs all alike.
/// </summary>
public static class HistoryRun
{
    public static async Task<HistoryResult> RunAsync(HistoryOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        await using var instance = await output.PhaseAsync(
            "Starting a private database", _ => PrivateDatabase.StartAsync(options.BufferPool, cancellationToken));
        var stages = new List<HistoryStage>();
        try
        {
            foreach (var size in options.Sizes)
                stages.Add(await HistoryStage.PrepareAsync(instance, options.ShapeOf(size), size, output, cancellationToken));
            await MeasureAsync(options, stages, output, cancellationToken);
            return await SummarizeAsync(options, stages, cancellationToken);
        }
        finally
        {
            foreach (var stage in stages) await stage.DisposeAsync();
        }
    }

    private static Task MeasureAsync(HistoryOptions options, List<HistoryStage> stages, RunOutput output, CancellationToken cancellationToken) =>
        output.PhaseAsync("Measuring", async progress =>
        {
            // The first round warms up all of them and is thrown away.
            for (var round = 0; round <= options.Rounds; round++)
            {
                progress.Report((double)round / options.Rounds);
                foreach (var operation in options.Operations)
                    foreach (var stage in stages)
                        await stage.MeasureAsync(operation, options.CallsPerRound, counts: round > 0, cancellationToken);
            }
        });

    private static async Task<HistoryResult> SummarizeAsync(HistoryOptions options, List<HistoryStage> stages, CancellationToken cancellationToken)
    {
        var operations = options.Operations.Select(operation =>
        {
            var sizes = stages.Select(stage => new HistoryAtSize(stage.Size, stage.LatencyOf(operation), stage.StatementsOf(operation))).ToList();
            return new HistoryFigure(operation.ToString(), sizes, sizes.Max(s => s.Latency.P50Ms) / sizes[0].Latency.P50Ms);
        }).ToList();
        var checks = new List<CheckReport>();
        foreach (var stage in stages) checks.Add(await stage.CheckAsync(cancellationToken));
        return new HistoryResult(
            await stages[0].DescribeDriverAsync(cancellationToken), options.ByChats ? "chats each" : "messages", operations, options.MaxRatio, checks);
    }
}

/// <param name="Unit">Of the sizes.</param>
/// <param name="Checks">Of what was sent, one for each size.</param>
public sealed record HistoryResult(string Driver, string Unit, IReadOnlyList<HistoryFigure> Operations, double MaxRatio, IReadOnlyList<CheckReport> Checks)
{
    /// <summary>Whether no ratio is above <see cref="MaxRatio"/>, and everything is consistent.</summary>
    public bool Passed => Operations.All(o => o.Ratio <= MaxRatio) && Checks.All(c => c.Passed);
}

/// <param name="Ratio">Of the medians: the highest of all sizes to the first size's.</param>
public sealed record HistoryFigure(string Operation, IReadOnlyList<HistoryAtSize> Sizes, double Ratio);

/// <param name="Statements">SELECTs that the database answered for one call, whatever else was asked of it meanwhile included.</param>
public sealed record HistoryAtSize(int Size, LatencySummary Latency, double Statements);
