using Chat.Bench.Client;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.History;

/// <summary>
/// Measures reading at several sizes of the database: one instance holds them all, each has a server process of its own, and
/// they take turns, so that what disturbs the machine disturbs all alike.
/// </summary>
public static class HistoryRun
{
    private const int MaxConnections = 100;

    public static async Task<HistoryResult> RunAsync(HistoryOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        await using var instance = await output.PhaseAsync(
            "Starting a private database", _ => PrivateDatabase.StartAsync(options.BufferPool, cancellationToken));
        var stages = new List<Stage>();
        try
        {
            foreach (var size in options.Sizes)
                stages.Add(await PrepareAsync(instance, HistoryShape.Of(size, options.Chats), size, output, cancellationToken));
            var driver = await Databases.DescribeDriverAsync(stages[0].Server.Database!, cancellationToken);
            await MeasureAsync(options, stages, output, cancellationToken);
            return Summarize(options, stages, driver);
        }
        finally
        {
            foreach (var stage in stages) await stage.DisposeAsync();
        }
    }

    private static async Task<Stage> PrepareAsync(
        PrivateDatabase instance, HistoryShape shape, int size, RunOutput output, CancellationToken cancellationToken)
    {
        var server = await ServerUnderTest.StartAsync(
            ServerKind.Product, instance, $"chat_history_{size}", settings: null, cancellationToken);
        try
        {
            var users = await BenchUsers.RegisterAsync(
                server.Address, server.Hub, Math.Min(shape.Users, MaxConnections), progress: null, cancellationToken);
            var chatIds = await output.PhaseAsync(
                $"Seeding {size:N0} messages: {shape.Chats:N0} groups of {HistoryShape.MembersPerChat} with {shape.MessagesPerChat} each, {shape.Users:N0} users",
                progress => new HistorySeeder(server.Database!, shape, TimeProvider.System)
                    .SeedAsync([.. users.Select(u => u.UserId)], progress, cancellationToken));
            var reader = await HistoryReader.ConnectAsync(users, chatIds, shape, cancellationToken);
            await reader.VerifyAsync(cancellationToken);
            return new Stage(size, server, reader);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static Task MeasureAsync(HistoryOptions options, List<Stage> stages, RunOutput output, CancellationToken cancellationToken) =>
        output.PhaseAsync("Measuring", async progress =>
        {
            // The first round warms up both and is thrown away.
            for (var round = 0; round <= options.Rounds; round++)
            {
                progress.Report((double)round / options.Rounds);
                foreach (var operation in Enum.GetValues<HistoryOperation>())
                    foreach (var stage in stages)
                        await stage.Reader.MeasureAsync(
                            operation, options.CallsPerRound,
                            round == 0 ? new LatencyHistogram() : stage.Latencies[operation], cancellationToken);
            }
        });

    private static HistoryResult Summarize(HistoryOptions options, List<Stage> stages, string driver)
    {
        var operations = Enum.GetValues<HistoryOperation>().Select(operation =>
        {
            var sizes = stages.Select(stage => new HistoryAtSize(stage.Size, LatencySummary.Of(stage.Latencies[operation]))).ToList();
            return new HistoryFigure(operation.ToString(), sizes, sizes[^1].Latency.P50Ms / sizes[0].Latency.P50Ms);
        }).ToList();
        return new HistoryResult(driver, operations, options.MaxRatio, operations.All(o => o.Ratio <= options.MaxRatio));
    }

    private sealed record Stage(int Size, ServerUnderTest Server, HistoryReader Reader) : IAsyncDisposable
    {
        public Dictionary<HistoryOperation, LatencyHistogram> Latencies { get; } =
            Enum.GetValues<HistoryOperation>().ToDictionary(operation => operation, _ => new LatencyHistogram());

        public async ValueTask DisposeAsync()
        {
            await Reader.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}

/// <param name="Passed">Whether no ratio is above <paramref name="MaxRatio"/>.</param>
public sealed record HistoryResult(string Driver, IReadOnlyList<HistoryFigure> Operations, double MaxRatio, bool Passed);

/// <param name="Ratio">Of the medians: the last size to the first.</param>
public sealed record HistoryFigure(string Operation, IReadOnlyList<HistoryAtSize> Sizes, double Ratio);

public sealed record HistoryAtSize(int Messages, LatencySummary Latency);
