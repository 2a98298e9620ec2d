using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Redis;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Chat.Bench.Workloads.Backplane;

/// <summary>Nodes that only send, through the product's own queue, at a rate; until they are killed.</summary>
internal static class FloodSender
{
    public static async Task RunAsync(string redisAddress, int nodes, int rate, CancellationToken cancellationToken)
    {
        var metrics = new RealtimeMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        var names = new RedisNames(new RedisOptions());
        var senders = new List<Outbox>();
        for (var i = 0; i < nodes; i++)
        {
            var redis = new RedisConnection(redisAddress, NullLogger<RedisConnection>.Instance);
            await redis.ConnectAsync();
            senders.Add(new Outbox(
                redis, names.PushChannel, (ulong)Random.Shared.NextInt64(), new RedisOptions().MaxQueuedBytes, metrics,
                new EchoClock("flood", metrics, TimeProvider.System)));
        }
        var protocol = new JsonHubProtocol();
        // Names of groups in which nobody is.
        var entries = Enumerable.Range(0, 1_000)
            .Select(i => PushEntry.Push(protocol, PushKind.Groups, [$"chat:{9_000_000 + i}"], [], "MessagePosted", [BenchMessage.Typical]).Entry)
            .ToList();

        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var sent = 0L;
        var start = Stopwatch.GetTimestamp();
        while (await tick.WaitForNextTickAsync(cancellationToken))
        {
            var due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * rate);
            for (; sent < due; sent++) senders[(int)(sent % nodes)].Add(entries[(int)(sent % entries.Count)]);
        }
    }
}
