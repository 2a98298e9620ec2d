using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Data;
using Chat.Server.Errors;
using Dapper;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// <c>chaos storm</c>: five thousand clients lose their connection at once and come back to two nodes, while fifty pairs go on writing.
/// The pairs' sends may become slower, within a bound; the database must not be asked for more than it has; everybody comes back.
/// </summary>
public static class StormRun
{
    public const string Name = "chaos storm";

    private static readonly TimeSpan FirstArrivalLimit = TimeSpan.FromSeconds(60);

    /// <summary>Until the last of those who were dropped is connected and has its chat list.</summary>
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(45);

    /// <summary>Of the pairs' sends, from writing to acknowledgement, in p99, while everybody comes back.</summary>
    private const double MaxSendP99Ms = 1_000;

    /// <summary>Both nodes' pools, as they are by default, and the lanes' own.</summary>
    private const double MaxDatabaseConnections = 210;

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        await using var cluster = await output.PhaseAsync("Starting a cluster", _ => ChatCluster.StartAsync(options.NodeSettings, cancellationToken));
        await using var crowd = await output.PhaseAsync(
            $"Making {options.Crowd} users", progress => Crowd.MakeAsync(cluster.Address, options.Crowd, progress, cancellationToken));
        crowd.Start();
        if (await output.PhaseAsync("Connecting them", progress => crowd.UntilAllInsideAsync(FirstArrivalLimit, progress, cancellationToken)) is null)
            throw new BenchException($"Only {crowd.Inside} of {crowd.Count} clients were connected after {FirstArrivalLimit.TotalSeconds} s.");

        await using var stage = await ChaosStage.StartAsync(cluster, options, output, cancellationToken);
        await MeasureAsync(cluster, stage, crowd, options, output, cancellationToken);
        return await stage.FinishAsync(Name, cancellationToken);
    }

    private static async Task MeasureAsync(
        ChatCluster cluster, ChaosStage stage, Crowd crowd, ChaosOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        _ = stage.Counters.Acknowledgements.Take();
        await output.WaitAsync("Load, everybody is connected", options.CalmBefore, cancellationToken);
        var calm = LatencySummary.Of(stage.Counters.Acknowledgements.Take());
        var (refusedBefore, unavailableBefore) = (crowd.Refused, stage.Counters.ErrorsOf(ErrorCodes.Unavailable));

        crowd.DropAll();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var course = SecondBySecondAsync(stage.Counters.Acknowledgements, ended.Token);
        var back = await output.PhaseAsync(
            $"{crowd.Count} clients dropped at once", progress => crowd.UntilAllInsideAsync(ReturnLimit, progress, cancellationToken));
        await ended.CancelAsync();
        var seconds = await course;
        var storm = LatencySummary.Of(seconds);
        var connections = await MaxDatabaseConnectionsAsync(cluster, cancellationToken);

        output.Line(
            $"{crowd.Inside} of {crowd.Count} were back after {(back ?? ReturnLimit).TotalSeconds:N1} s, {crowd.Refused - refusedBefore} attempts failed; "
            + $"send p50 / p99 of the pairs: {calm.P50Ms:N1} / {calm.P99Ms:N1} ms before, {storm?.P50Ms:N1} / {storm?.P99Ms:N1} ms meanwhile; at most {connections} connections to the database");
        output.Line($"Their p99 of each second, ms: {string.Join(", ", seconds.Select(second => $"{LatencySummary.Of(second)?.P99Ms:N0}"))}");
        stage.Measured("send p99 ms, calm", calm.P99Ms);
        stage.Measured("send p99, storm to calm", (storm?.P99Ms ?? 0) / calm.P99Ms);
        stage.Measured("attempts to connect that failed", crowd.Refused - refusedBefore);
        stage.MustBeWithin("send p99 ms, storm", storm?.P99Ms ?? double.MaxValue, MaxSendP99Ms);
        stage.MustBeWithin("seconds until all were back", (back ?? TimeSpan.MaxValue).TotalSeconds, ReturnLimit.TotalSeconds);
        stage.MustBeWithin("connections to the database", connections, MaxDatabaseConnections);
        stage.MustBeWithin("calls of the pairs answered unavailable", stage.Counters.ErrorsOf(ErrorCodes.Unavailable) - unavailableBefore, 0);
    }

    /// <returns>What was recorded in each second until the end; the last one may be shorter.</returns>
    private static async Task<IReadOnlyList<LatencyHistogram>> SecondBySecondAsync(SharedHistogram latencies, CancellationToken end)
    {
        var seconds = new List<LatencyHistogram>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(end)) seconds.Add(latencies.Take());
        }
        catch (OperationCanceledException)
        {
            seconds.Add(latencies.Take());
        }
        return seconds;
    }

    private static async Task<long> MaxDatabaseConnectionsAsync(ChatCluster cluster, CancellationToken cancellationToken)
    {
        await using var database = ChatDatabase.Create(cluster.ConnectionString);
        var row = await database.QueryAsync(
            connection => connection.QuerySingleAsync<(string Name, string Value)>("SHOW GLOBAL STATUS LIKE 'Max_used_connections'"), cancellationToken);
        return long.Parse(row.Value, System.Globalization.CultureInfo.InvariantCulture);
    }
}
