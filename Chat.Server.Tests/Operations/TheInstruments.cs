using System.Text.RegularExpressions;
using Chat.Data;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Tests.Operations.Support;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Operations;

/// <summary>Two nodes over a Redis that goes away: everything that docs/operations.md names is reported, and nothing else.</summary>
[TestFixture]
public sealed partial class TheInstruments
{
    [Test]
    public async Task Each_one_in_the_manual_reports_and_there_is_no_other()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var database = await TestDatabase.CreateAsync();
        var settings = TestSettings.Unthrottled(new()
        {
            ["ConnectionStrings:Redis"] = redis.ConnectionString, ["Redis:Heartbeat"] = "00:00:00.3", ["Sync:TooLongAfter"] = "1",
        });
        await using var one = new ChatServerFactory(database.ConnectionString, settings);
        await using var two = new ChatServerFactory(database.ConnectionString, settings);
        _ = (one.Address, two.Address);
        using var log = new InstrumentLog(one.Services, two.Services);

        await FailAsync(one);
        await TalkAsync(one, two, redis, log);

        var documented = Documented();
        Assert.Multiple(() =>
        {
            Assert.That(log.Instruments, Is.EquivalentTo(documented));
            Assert.That(log.Reported, Is.EquivalentTo(documented.Select(d => d.Name)));
            Assert.That(log.SumOf("chat.append.messages"), Is.EqualTo(3));
            Assert.That(log.SumOf("chat.sync.too_long"), Is.EqualTo(1));
            Assert.That(log.SumOf("chat.calls.refused"), Is.EqualTo(1));
            Assert.That(log.SumOf("chat.connections.open"), Is.EqualTo(2));
        });
    }

    private static async Task TalkAsync(ChatServerFactory one, ChatServerFactory two, TestRedis redis, InstrumentLog log)
    {
        await using var ann = await TestClient.RegisterAsync(one.Address, "Ann");
        await using var bob = await TestClient.RegisterAsync(two.Address, "Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        await ann.SendAsync(chat.ChatId, "one");
        var got = await bob.Messages.WaitForAsync(m => m.Text == "one");
        await bob.MarkReadAsync(chat.ChatId, got.MessageId);
        await bob.SendAsync(chat.ChatId, "two");
        Assert.That((await ann.SyncAsync(chat.ChatId, 0)).TooLong, Is.True);
        await ann.RefusalAsync(nameof(ChatHub.GetChat), new GetChatRequest(long.MaxValue / 2));

        await redis.KillAsync();
        await ann.SendAsync(chat.ChatId, "lost");
        var resyncs = bob.Resyncs.All.Count;
        await redis.RestartAsync();
        await bob.Resyncs.WaitForCountAsync(resyncs + 1);
        await Deadline.UntilAsync(() => log.SumOf("chat.bus.missed") > 0, "what was lost is missed");
        log.Observe();
    }

    /// <summary>What does not happen to well-behaved clients of a sound database.</summary>
    private static async Task FailAsync(ChatServerFactory server)
    {
        const string Nowhere = "Server=127.0.0.1;Port=1;User ID=x;Password=x;Database=x";
        var metrics = server.Services.GetRequiredService<DataMetrics>();
        await using var away = ChatDatabase.Create(Nowhere, metrics);
        Assert.That(async () => await away.OpenAsync(CancellationToken.None), Throws.InstanceOf<DataUnavailableException>());
        await using var replica = new ReadReplica(
            ChatDatabase.Create(Nowhere), new ReplicaLimits(Deadline.Default, Deadline.Default), metrics, TimeProvider.System, NullLogger<ReadReplica>.Instance);
        Assert.That(await replica.TryReadAsync((_, _) => Task.FromResult<string?>(""), CancellationToken.None), Is.Null);
        await using var probe = new Cluster.Support.ProbeConnection();
        server.Services.GetRequiredService<SlowClients>().Drop(probe.Context, bytes: 1);
        // What a loss of news leads to is tested where it is brought about; here, that it is reported.
        var realtime = server.Services.GetRequiredService<RealtimeMetrics>();
        realtime.HeldBack();
        realtime.Repaired(1);
        // As does what jobs did.
        server.Services.GetRequiredService<JobMetrics>().Done("a job");
        await server.Services.GetRequiredService<JobLagWatch>().MeasureAsync(CancellationToken.None);
    }

    private static List<(string Name, string? Unit)> Documented() =>
        [.. MetricRow().Matches(File.ReadAllText(Repository.PathOf("docs/operations.md"))).Select(row => (row.Groups["name"].Value, (string?)row.Groups["unit"].Value))];

    /// <summary><c>| `chat.…` | kind, `unit` | …</c>.</summary>
    [GeneratedRegex(@"^\| `(?<name>chat\.[a-z._]+)` \| [a-z -]+, `(?<unit>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();
}
