using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Pairs;

/// <summary>
/// Runs the servers alternately, each run on a fresh process and a fresh database of one instance: what disturbs the machine
/// then disturbs all alike, and only ratios within a round are compared.
/// </summary>
public static class PairsComparison
{
    private static readonly ServerKind[] Kinds = [ServerKind.Product, ServerKind.Naive, ServerKind.Floor];

    public static async Task<PairsComparisonResult> RunAsync(
        PairsOptions options, int rounds, RunOutput output, CancellationToken cancellationToken)
    {
        await using var instance = await output.PhaseAsync(
            "Starting a private database", _ => PrivateDatabase.StartAsync(bufferPool: null, cancellationToken));
        var results = Kinds.ToDictionary(kind => kind, _ => new List<PairsResult>());
        for (var round = 1; round <= rounds; round++)
        {
            output.Line($"Round {round} of {rounds}");
            // Another one begins each round, so that none always profits from what the one before left warm.
            foreach (var kind in Kinds.Skip(round % Kinds.Length).Concat(Kinds.Take(round % Kinds.Length)))
                results[kind].Add(await RunOneAsync(instance, kind, $"chat_{kind}_{round}".ToLowerInvariant(), options, output, cancellationToken));
        }
        return Summarize(options, results);
    }

    private static async Task<PairsResult> RunOneAsync(
        PrivateDatabase instance, ServerKind kind, string database, PairsOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        PairsResult result;
        await using (var server = await ServerUnderTest.StartAsync(kind, instance, database, settings: null, cancellationToken))
            result = await PairsRun.RunAsync(server, options, output, cancellationToken);
        await Databases.DropAsync(instance, database, cancellationToken);
        output.Line($"{kind}: {result.MessagesPerSecond:N0} messages/s");
        return result;
    }

    private static PairsComparisonResult Summarize(PairsOptions options, Dictionary<ServerKind, List<PairsResult>> results)
    {
        var product = results[ServerKind.Product];
        return new PairsComparisonResult(
            options.Pairs, options.Window, options.TextLength, product.Count,
            product[0].Driver,
            [.. Kinds.Select(kind => PairsSummary.Of(kind, results[kind]))],
            ProductToFloor: RatioOf(product, results[ServerKind.Floor]),
            ProductToNaive: RatioOf(product, results[ServerKind.Naive]),
            Passed: results.Values.All(runs => runs.All(run => run.Passed)));
    }

    private static Spread RatioOf(List<PairsResult> one, List<PairsResult> other) =>
        Spread.Of(one.Zip(other, (a, b) => (double?)(a.MessagesPerSecond / b.MessagesPerSecond)))!;
}

/// <param name="ProductToFloor">Messages per second, by round.</param>
/// <param name="ProductToNaive">Messages per second, by round.</param>
/// <param name="Passed">Whether every check of every run passed.</param>
public sealed record PairsComparisonResult(
    int Pairs, int Window, int TextLength, int Rounds, string? Driver, IReadOnlyList<PairsSummary> Servers,
    Spread ProductToFloor, Spread ProductToNaive, bool Passed);

/// <summary>The rounds of one server.</summary>
public sealed record PairsSummary(
    string Server, Spread MessagesPerSecond, Spread AckP50Ms, Spread AckP99Ms, Spread ReceiveP50Ms, Spread ReceiveP99Ms,
    Spread? ServerCpuMicroseconds, Spread? DatabaseCpuMicroseconds, Spread GeneratorCpuShare)
{
    public static PairsSummary Of(ServerKind kind, IReadOnlyList<PairsResult> runs) => new(
        kind.ToString(),
        Spread.Of(runs.Select(r => (double?)r.MessagesPerSecond))!,
        Spread.Of(runs.Select(r => (double?)r.SendToAck.P50Ms))!,
        Spread.Of(runs.Select(r => (double?)r.SendToAck.P99Ms))!,
        Spread.Of(runs.Select(r => (double?)r.SendToReceive.P50Ms))!,
        Spread.Of(runs.Select(r => (double?)r.SendToReceive.P99Ms))!,
        Spread.Of(runs.Select(r => r.ServerCpuMicroseconds)),
        kind is ServerKind.Floor ? null : Spread.Of(runs.Select(r => r.DatabaseCpuMicroseconds)),
        Spread.Of(runs.Select(r => (double?)r.GeneratorCpuShare))!);
}
