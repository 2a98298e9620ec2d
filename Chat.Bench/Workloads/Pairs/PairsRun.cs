using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads.Pairs;

/// <summary>One run of the workload against one server.</summary>
public static class PairsRun
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(20);

    /// <exception cref="BenchException">A connection or a send failed, or messages were still under way long after the end.</exception>
    public static async Task<PairsResult> RunAsync(
        ServerUnderTest server, PairsOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        var pairs = await output.PhaseAsync(
            $"{server.Kind}: making {options.Pairs * 2} users in {options.Pairs} chats",
            progress => PairsSetup.MakeAsync(server, options.Pairs, progress, cancellationToken));

        var phase = new PairsPhase();
        var clients = Pair(pairs, options, phase);
        try
        {
            await ConnectAsync(clients, cancellationToken);
            foreach (var client in clients) client.Start();
            await output.WaitAsync($"{server.Kind}: warming up", options.WarmUp, cancellationToken);
            phase.ThrowIfFailed();

            var before = server.Cpu.Read();
            phase.StartMeasuring();
            await output.WaitAsync($"{server.Kind}: measuring", options.Measure, cancellationToken);
            phase.StopMeasuring();
            var use = CpuMeter.Between(before, server.Cpu.Read());
            phase.StopSending();

            await DrainAsync(clients, phase, cancellationToken);
            var driver = server.Database is null ? null : await Databases.DescribeDriverAsync(server.Database, cancellationToken);
            var check = await CheckAsync(server, pairs, clients, output, cancellationToken);
            return Summarize(server.Kind, driver, clients, use, check);
        }
        catch (BenchException) when (server.Process is { } process)
        {
            output.Line($"The server printed:\n{process.LogExcerpt}");
            throw;
        }
        finally
        {
            await Parallel.ForEachAsync(clients, CancellationToken.None, (client, _) => client.CloseAsync());
        }
    }

    private static List<PairsClient> Pair(IReadOnlyList<Pair> pairs, PairsOptions options, PairsPhase phase)
    {
        var clients = new List<PairsClient>(pairs.Count * 2);
        foreach (var pair in pairs)
        {
            clients.Add(new PairsClient(pair.First, pair.ChatId, clients.Count, options, phase));
            clients.Add(new PairsClient(pair.Second, pair.ChatId, clients.Count, options, phase));
        }
        return clients;
    }

    private static Task ConnectAsync(List<PairsClient> clients, CancellationToken cancellationToken) =>
        Parallel.ForAsync(0, clients.Count, cancellationToken, async (index, token) =>
            // Neighbours are partners: 0 and 1, 2 and 3.
            await clients[index].ConnectAsync(clients[index ^ 1], token));

    /// <summary>Waits until everything that was sent has been answered and pushed.</summary>
    private static async Task DrainAsync(List<PairsClient> clients, PairsPhase phase, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            phase.ThrowIfFailed();
            var sent = clients.Sum(c => (long)c.Sent);
            var answered = clients.Sum(c => (long)c.ResultsSeen);
            var pushed = clients.Sum(c => (long)c.PushesSeen);
            if (answered == sent && pushed == sent) return;
            if (Stopwatch.GetElapsedTime(start) > DrainTimeout)
                throw new BenchException($"Of {sent} messages, {answered} were answered and {pushed} pushed {DrainTimeout.TotalSeconds} s after the last send.");
            await Task.Delay(20, cancellationToken);
        }
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

    private static PairsResult Summarize(
        ServerKind kind, string? driver, List<PairsClient> clients, CpuUse use, CheckReport? check)
    {
        var acks = new LatencyHistogram();
        var receipts = new LatencyHistogram();
        foreach (var client in clients)
        {
            acks.Merge(client.SendToAck);
            receipts.Merge(client.SendToReceive);
        }
        var completed = clients.Sum(c => c.Completed);
        return new PairsResult(
            kind.ToString(),
            driver,
            MessagesPerSecond: completed / use.Elapsed.TotalSeconds,
            LatencySummary.Of(acks),
            LatencySummary.Of(receipts),
            use.ServerMicrosecondsPer(completed),
            use.DatabaseMicrosecondsPer(completed),
            use.GeneratorShare,
            Sent: clients.Sum(c => (long)c.Sent),
            check);
    }
}
