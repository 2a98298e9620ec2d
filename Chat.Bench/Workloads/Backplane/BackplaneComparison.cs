using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Redis;

namespace Chat.Bench.Workloads.Backplane;

/// <param name="Ratio">Processor time per delivery to that of <see cref="RedisOptions.LocalFirst"/>, within a round.</param>
internal sealed record BackplaneRow(
    string Backplane, string Case, int Burst, Spread? PushesPerSecond, Spread? NodesMicroseconds, Spread? RedisMicroseconds, Spread? Ratio);

internal sealed record BackplaneJoins(string Backplane, Spread? Seconds, Spread? NodesCpuSeconds, Spread? RedisCpuSeconds);

internal sealed record BackplaneComparisonResult(IReadOnlyList<BackplaneRow> Pushes, IReadOnlyList<BackplaneJoins> Joins);

/// <summary>The backplanes that this build has, in turns, over one Redis.</summary>
internal static class BackplaneComparison
{
    private static readonly string[] Backplanes =
        RedisPackages.HasMicrosoftBackplane ? [RedisOptions.LocalFirst, RedisOptions.Microsoft] : [RedisOptions.LocalFirst];

    public static async Task<BackplaneComparisonResult> RunAsync(TimeSpan time, int rounds, RunOutput output, CancellationToken cancellationToken)
    {
        await using var redis = await PrivateRedis.StartNewAsync(cancellationToken);
        var redisId = redis.ProcessId ?? throw new BenchException("Redis runs where its processor time cannot be read.");
        var pushes = Backplanes.ToDictionary(b => b, _ => new List<IReadOnlyList<PushesFigures>>());
        var joins = Backplanes.ToDictionary(b => b, _ => new List<JoinsFigures>());
        // Round 0 is not counted: in it the code is compiled.
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var backplane in Backplanes)
            {
                await output.PhaseAsync($"Round {round}: {backplane}", async _ =>
                {
                    await using var stage = await PushesStage.StartAsync(backplane, redis.Address, redisId, cancellationToken);
                    var figures = await stage.MeasureAsync(time, cancellationToken);
                    var joined = await JoinsRun.RunAsync(backplane, redis.Address, redisId, cancellationToken);
                    if (round == 0) return;
                    pushes[backplane].Add(figures);
                    joins[backplane].Add(joined);
                });
            }
        }
        var reference = pushes[RedisOptions.LocalFirst];
        return new BackplaneComparisonResult(
            [.. Backplanes.SelectMany(backplane => Rows(backplane, pushes[backplane], reference))],
            [.. Backplanes.Select(backplane => Joins(backplane, joins[backplane]))]);
    }

    private static IEnumerable<BackplaneRow> Rows(
        string backplane, List<IReadOnlyList<PushesFigures>> rounds, List<IReadOnlyList<PushesFigures>> reference) =>
        rounds[0].Select((first, i) => new BackplaneRow(
            backplane, first.Case, first.Burst,
            Of(rounds, figures => figures[i].PushesPerSecond),
            Of(rounds, figures => figures[i].NodesMicroseconds),
            Of(rounds, figures => figures[i].RedisMicroseconds),
            Spread.Of(rounds.Zip(reference, (figures, to) => (double?)(figures[i].Microseconds / to[i].Microseconds)))));

    private static BackplaneJoins Joins(string backplane, List<JoinsFigures> rounds) => new(
        backplane, Of(rounds, r => r.Seconds), Of(rounds, r => r.NodesCpuSeconds), Of(rounds, r => r.RedisCpuSeconds));

    private static Spread? Of<T>(List<T> rounds, Func<T, double> figure) => Spread.Of(rounds.Select(round => (double?)figure(round)));
}
