using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Idle;

/// <summary>
/// One run of the workload against one server: a fresh process is read before and after people connected who then do nothing, both
/// times after a full collection, where the bench started it.
/// </summary>
public static class IdleRun
{
    private static readonly TimeSpan PushTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Leave = TimeSpan.FromSeconds(3);

    /// <exception cref="BenchException">A connection could not be made or did not last, or the memory cannot be read.</exception>
    public static async Task<RunResult> RunAsync(
        ServerUnderTest server, IdleOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        RequireOpenFiles(options.Connections);
        var (users, chatIds) = await IdleSetup.MakeAsync(server, options, output, cancellationToken);
        // Making the users has left its traces in the process.
        if (server.Process is not null) await server.RestartAsync(cancellationToken);
        try
        {
            await WarmUpAsync(users, options, output, cancellationToken);
            return await RunAsync(server, users, chatIds, options, output, cancellationToken);
        }
        catch (BenchException) when (server.Process is { } process)
        {
            output.Line($"The server printed:\n{process.LogExcerpt}");
            throw;
        }
    }

    private static async Task<RunResult> RunAsync(
        ServerUnderTest server, IReadOnlyList<BenchUser> users, IReadOnlyList<long> chatIds, IdleOptions options, RunOutput output,
        CancellationToken cancellationToken)
    {
        var before = await MemoryReading.ReadAsync(server, cancellationToken);
        await using var crowd = new IdleCrowd();
        var start = Stopwatch.GetTimestamp();
        await crowd.ConnectAsync(users, options.AtOnce, output, $"{server.Kind}: connecting {users.Count:N0}", cancellationToken);
        var connecting = Stopwatch.GetElapsedTime(start);

        var held = await server.Meter.ReadAsync(cancellationToken);
        await output.WaitAsync($"{server.Kind}: holding", options.Hold, cancellationToken);
        var use = ServerMeter.Between(held, await server.Meter.ReadAsync(cancellationToken));
        if (crowd.Ended > 0) throw new BenchException($"{crowd.Ended} of {users.Count} connections ended: {crowd.EndReason}");

        var after = await MemoryReading.ReadAsync(server, cancellationToken);
        var check = server.Kind is ServerKind.Product ? await SendAsync(server, users[0], chatIds, crowd, output, cancellationToken) : null;
        return new RunResult(server.Kind.ToString(), server.Database is null ? null : await Databases.DescribeDriverAsync(server.Database, cancellationToken), Figures.Gather(
        [
            (Figures.Connections, crowd.Count),
            (Figures.KibibytesPerConnection, Per(after.PrivateBytes - before.PrivateBytes, crowd.Count)),
            (Figures.HeapKibibytesPerConnection, Per(after.HeapBytes - before.HeapBytes, crowd.Count)),
            (Figures.ConnectsPerSecond, crowd.Count / connecting.TotalSeconds),
            (Figures.IdleCpu, use.Cpu.ServerMicrosecondsPer(crowd.Count) / use.Cpu.Elapsed.TotalSeconds),
        ]), check);
    }

    /// <summary>The pool of threads, the code, the buffers: none of it belongs to the connections that are counted.</summary>
    private static async Task WarmUpAsync(IReadOnlyList<BenchUser> users, IdleOptions options, RunOutput output, CancellationToken cancellationToken)
    {
        for (var round = 1; round <= IdleOptions.WarmUpRounds; round++)
        {
            await using var crowd = new IdleCrowd();
            await crowd.ConnectAsync(
                [.. users.Take(IdleOptions.WarmUpConnections)], options.AtOnce, output,
                $"Warming up with {IdleOptions.WarmUpConnections} connections, {round} of {IdleOptions.WarmUpRounds}", cancellationToken);
        }
        // Until the last of them are gone on the server, too.
        await output.WaitAsync("Letting them go", Leave, cancellationToken);
    }

    /// <summary>What was idle is alive: a message to each group of one user reaches the connections of all others in it.</summary>
    private static Task<CheckReport?> SendAsync(
        ServerUnderTest server, BenchUser user, IReadOnlyList<long> chatIds, IdleCrowd crowd, RunOutput output, CancellationToken cancellationToken) =>
        output.PhaseAsync($"{server.Kind}: sending to {chatIds.Count} groups", async _ =>
        {
            await using var caller = await HubCaller.ConnectAsync(user.Hub, user.AccessToken, events: null, cancellationToken);
            var sent = new List<SentMessage>();
            foreach (var chatId in chatIds)
            {
                var request = new SendMessageRequest(chatId, Guid.NewGuid(), "Is anybody there?");
                var result = await caller.InvokeAsync<SendMessageResult>(nameof(ChatHub.SendMessage), request, cancellationToken);
                sent.Add(new SentMessage(chatId, request.ClientMessageId, sent.Count, Attempts: 1, new Acknowledgement(result.MessageId, sent.Count)));
            }
            // All members, the sender's idle connection too: it is another device than the one that sent.
            var expected = (long)chatIds.Count * IdleOptions.MembersPerChat;
            var start = Stopwatch.GetTimestamp();
            while (crowd.Pushes < expected && Stopwatch.GetElapsedTime(start) < PushTimeout) await Task.Delay(20, cancellationToken);
            if (crowd.Pushes != expected) throw new BenchException($"Of {expected} pushes, {crowd.Pushes} came.");

            var stored = await StoredStateReader.ReadAsync(server.Database!, chatIds, withTexts: false, cancellationToken);
            var record = new ClientRecord("the sender", user.UserId, sent, Views: [], Marks: [], Contradictions: [], new Dictionary<string, long>());
            return (CheckReport?)ConsistencyChecker.Check(new RunRecord([record]), stored);
        });

    private static void RequireOpenFiles(int connections)
    {
        const int others = 500;
        if (ProcessMemory.ReadOpenFilesLimit() is { } limit && limit < connections + others)
            throw new BenchException($"{connections:N0} connections need a limit of open files of {connections + others:N0}; it is {limit:N0} (ulimit -Hn).");
    }

    private static double? Per(long? bytes, int count) => (double?)bytes / 1024 / count;
}

/// <param name="PrivateBytes">Of the process.</param>
/// <param name="HeapBytes">Of its managed heap, what is in use; null where the bench did not start it.</param>
internal sealed record MemoryReading(long PrivateBytes, long? HeapBytes)
{
    /// <summary>
    /// What a collection gives back, the system takes a moment to count. What the server makes anew in that moment nobody holds, and it is much:
    /// the pings of the seconds for which the collection stopped it are due at once, 4 KiB each. So the lowest reading counts.
    /// </summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    public static async Task<MemoryReading> ReadAsync(ServerUnderTest server, CancellationToken cancellationToken)
    {
        var processId = server.ProcessId ?? throw new BenchException("The server's process must be known (--pid).");
        var probe = server.Probe is null ? null : await server.Probe.CollectAsync(cancellationToken);
        var start = Stopwatch.GetTimestamp();
        var lowest = long.MaxValue;
        while (Stopwatch.GetElapsedTime(start) < Settle)
        {
            lowest = Math.Min(lowest, await ProcessMemory.ReadPrivateAsync(processId, cancellationToken)
                ?? throw new BenchException($"The memory of process {processId} cannot be read."));
            await Task.Delay(Step, cancellationToken);
        }
        return new MemoryReading(lowest, probe?.HeapBytes);
    }
}
