using Chat.Bench.Checker;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Pairs;

/// <summary>One run of the workload against one server.</summary>
public static class PairsRun
{
    /// <exception cref="BenchException">A connection or a call failed, or messages were still under way long after the end.</exception>
    public static async Task<RunResult> RunAsync(
        ServerUnderTest server, PairsOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        var pairs = await output.PhaseAsync(
            $"{server.Kind}: making {options.Pairs * 2} users in {options.Pairs} chats",
            progress => PairsSetup.MakeAsync(server, options.Pairs, progress, cancellationToken));

        var phase = new RunPhase();
        var clients = Pair(pairs, options, phase);
        using var pacer = options.Rate is { } rate ? new Pacer(rate, (number, due) => clients[(int)(number % clients.Count)].SendPaced(due)) : null;
        try
        {
            await ConnectAsync(clients, cancellationToken);
            if (pacer is not null) pacer.Start();
            else foreach (var client in clients) client.Start();
            var use = await phase.MeasureAsync(server, options.WarmUp, options.Measure, output, pacer, cancellationToken);
            await phase.DrainAsync(() => Describe(clients, options), cancellationToken);

            var driver = server.Database is null ? null : await Databases.DescribeDriverAsync(server.Database, cancellationToken);
            var check = await CheckAsync(server, pairs, clients, output, cancellationToken);
            return Summarize(server.Kind, driver, clients, pacer, use, check);
        }
        catch (BenchException) when (server.LogExcerpt is { } log)
        {
            output.Line($"The server printed:\n{log}");
            throw;
        }
        finally
        {
            pacer?.Stop();
            await Parallel.ForEachAsync(clients, CancellationToken.None, (client, _) => client.CloseAsync());
        }
    }

    private static List<PairsClient> Pair(IReadOnlyList<Pair> pairs, PairsOptions options, RunPhase phase)
    {
        var clients = new List<PairsClient>(pairs.Count * 2);
        foreach (var (first, second, chatId) in pairs)
        {
            clients.Add(new PairsClient(first, second, chatId, clients.Count, options, phase));
            clients.Add(new PairsClient(second, first, chatId, clients.Count, options, phase));
        }
        return clients;
    }

    private static Task ConnectAsync(List<PairsClient> clients, CancellationToken cancellationToken) =>
        Parallel.ForAsync(0, clients.Count, cancellationToken, async (index, token) =>
            // Neighbours are partners: 0 and 1, 2 and 3.
            await clients[index].ConnectAsync(clients[index ^ 1], token));

    /// <returns>Null when everything that was sent has been answered, pushed and, with receipts, read.</returns>
    private static string? Describe(List<PairsClient> clients, PairsOptions options)
    {
        var sent = clients.Sum(c => (long)c.Sent);
        var answered = clients.Sum(c => (long)c.ResultsSeen);
        var pushed = clients.Sum(c => (long)c.PushesSeen);
        var read = options.Receipts ? clients.Sum(c => (long)c.ReadsSeen) : sent;
        return answered == sent && pushed == sent && read == sent
            ? null
            : $"of {sent} messages, {answered} were answered, {pushed} pushed and {read} read";
    }

    /// <summary>The full check is the product's; of the others it is enough that each message reached its receiver.</summary>
    private static async Task<CheckReport?> CheckAsync(
        ServerUnderTest server, IReadOnlyList<Pair> pairs, List<PairsClient> clients, RunOutput output, CancellationToken cancellationToken)
    {
        if (server.Kind is not ServerKind.Product || server.Database is not { } database) return null;
        return await output.PhaseAsync("Product: checking consistency", async _ =>
        {
            var stored = await StoredStateReader.ReadAsync(database, pairs.Select(p => p.ChatId), withTexts: false, cancellationToken);
            return ConsistencyChecker.Check(new RunRecord([.. clients.Select(c => c.ToRecord())]), stored);
        });
    }

    private static RunResult Summarize(
        ServerKind kind, string? driver, List<PairsClient> clients, Pacer? pacer, ServerUse use, CheckReport? check)
    {
        var completed = clients.Sum(c => c.Completed);
        var (ack, receive, read) = (
            LatencySummary.Of(clients.Select(c => c.SendToAck)),
            LatencySummary.Of(clients.Select(c => c.SendToReceive)),
            LatencySummary.Of(clients.Select(c => c.SendToRead)));
        return new RunResult(kind.ToString(), driver, Figures.Gather([
            (Figures.MessagesPerSecond, completed / use.Cpu.Elapsed.TotalSeconds),
            (Figures.AckP50, ack?.P50Ms), (Figures.AckP99, ack?.P99Ms),
            (Figures.ReceiveP50, receive?.P50Ms), (Figures.ReceiveP99, receive?.P99Ms),
            (Figures.ReadP50, read?.P50Ms), (Figures.ReadP99, read?.P99Ms),
            (Figures.PacerLateP99, pacer?.Late.Percentile(0.99).TotalMilliseconds),
            .. use.PerEvent(completed)]), check);
    }
}
