using System.Diagnostics;
using System.Globalization;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Server.Realtime.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Bench.Workloads.Backplane;

/// <param name="MessagesPerSecond">Messages of Redis, each with what waited at its sender.</param>
/// <param name="NodeCores">Processors that the listening node used: 1 is a whole one.</param>
internal sealed record FloodFigures(
    double EntriesPerSecond, double MessagesPerSecond, double MicrosecondsPerEntry, double NodeCores, double RedisCores);

internal sealed record FloodResult(int Nodes, IReadOnlyList<FloodFigures> Rates);

/// <summary>
/// One node with a thousand connections, in this process, hears pushes of others, in a process of their own, to groups in which nobody
/// is here.
/// </summary>
internal static class FloodRun
{
    private const int Connections = 1_000;
    private const int GroupsEach = 20;

    public static async Task<FloodResult> RunAsync(int[] rates, int nodes, TimeSpan time, RunOutput output, CancellationToken cancellationToken)
    {
        await using var redis = await PrivateRedis.StartNewAsync(cancellationToken);
        if (redis.ProcessId is null) throw new BenchException("Redis runs where its processor time cannot be read.");
        await using var observer = new RedisConnection(redis.Address, NullLogger<RedisConnection>.Instance);
        await observer.ConnectAsync();
        await using var node = await BackplaneNode.StartAsync(RedisOptions.LocalFirst, redis.Address, new RedisOptions(), cancellationToken);
        var counter = new DeliveryCounter();
        for (var i = 0; i < Connections; i++)
        {
            var connection = new CountingConnection(counter);
            await node.Manager.OnConnectedAsync(connection.Context);
            for (var group = 0; group < GroupsEach; group++)
                await node.Manager.AddToGroupAsync(connection.Id, $"chat:{i * GroupsEach + group}", cancellationToken);
        }

        var figures = new List<FloodFigures>();
        foreach (var rate in rates)
        {
            figures.Add(await output.PhaseAsync(
                $"{rate:N0} entries a second", _ => MeasureAsync(node, redis, observer, nodes, rate, time, cancellationToken)));
        }
        return new FloodResult(nodes, figures);
    }

    private static async Task<FloodFigures> MeasureAsync(
        BackplaneNode node, PrivateRedis redis, RedisConnection observer, int nodes, int rate, TimeSpan time, CancellationToken cancellationToken)
    {
        long entries = 0;
        void Count(ReadOnlyMemory<byte> entry) => entries++;
        node.Channels!.Push.Received += Count;
        using var senders = Process.Start(StartInfo(redis.Address, nodes, rate)) ?? throw new BenchException("dotnet could not be started.");
        try
        {
            // They start, and reach their rate.
            while (Volatile.Read(ref entries) < rate) await Task.Delay(50, cancellationToken);
            var entriesBefore = Volatile.Read(ref entries);
            var messagesBefore = await PublishedAsync(observer);
            var cpu = new BackplaneCpu(redis.ProcessId!.Value);
            await Task.Delay(time, cancellationToken);
            var (used, redisUsed, elapsed) = cpu.Used;
            var heard = Volatile.Read(ref entries) - entriesBefore;
            var messages = await PublishedAsync(observer) - messagesBefore;
            return new FloodFigures(
                heard / elapsed.TotalSeconds, messages / elapsed.TotalSeconds, used.TotalMicroseconds / heard, used / elapsed, redisUsed / elapsed);
        }
        finally
        {
            senders.Kill();
            await senders.WaitForExitAsync(CancellationToken.None);
            node.Channels.Push.Received -= Count;
        }
    }

    /// <summary>How often PUBLISH was called: a line of INFO reads <c>cmdstat_publish:calls=123,usec=…</c>.</summary>
    private static async Task<long> PublishedAsync(RedisConnection redis)
    {
        var info = (string?)await redis.Database!.ExecuteAsync("INFO", "commandstats") ?? "";
        const string Before = "cmdstat_publish:calls=";
        var start = info.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return long.Parse(info.AsSpan(start, info.IndexOf(',', start) - start), CultureInfo.InvariantCulture);
    }

    private static ProcessStartInfo StartInfo(string redisAddress, int nodes, int rate)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments =
        [
            typeof(FloodRun).Assembly.Location, "serve", "flood", "--redis", redisAddress,
            "--nodes", nodes.ToString(CultureInfo.InvariantCulture), "--rate", rate.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }
}
