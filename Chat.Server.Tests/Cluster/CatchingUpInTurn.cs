using Chat.Server.Realtime;
using Chat.Server.Realtime.Cluster;
using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Cluster;

/// <summary>After lost pushes, clients are asked to catch up at a steady pace, each once.</summary>
[TestFixture]
public sealed class CatchingUpInTurn
{
    [Test]
    public async Task So_many_a_second_and_who_still_waits_is_not_put_in_line_again()
    {
        using var harness = new HubHarness();
        for (var i = 0; i < 25; i++) harness.Registry.Add(new LocalConnection($"{i}", HubHarness.Ann, 1, () => { }));
        var metrics = new RealtimeMetrics(TestMetrics.Factory());
        using var resync = new ClientResync(
            harness.Registry, new ConnectionNotifier(harness.HubContext.Object, NullLogger<ConnectionNotifier>.Instance), metrics,
            new RedisOptions { ResyncsPerSecond = 100 }, harness.Time);
        await resync.StartAsync(CancellationToken.None);

        resync.AskAll();
        await TimeIsWaitedForAsync(harness, asked: 10);
        resync.AskAll();
        harness.Time.Advance(TimeSpan.FromMilliseconds(100));
        await TimeIsWaitedForAsync(harness, asked: 20);
        harness.Registry.Remove(HubHarness.Ann, "24");
        harness.Time.Advance(TimeSpan.FromMilliseconds(100));
        // The last five of the first line, of whom one has gone; then those who had been asked before the second loss.
        await TimeIsWaitedForAsync(harness, asked: 29);
        harness.Time.Advance(TimeSpan.FromMilliseconds(100));
        await TimeIsWaitedForAsync(harness, asked: 34);

        var asked = harness.Pushes.All.CountBy(p => p.To).ToDictionary();
        Assert.That(Enumerable.Range(0, 24).Select(i => asked[$"connection {i}"]), Is.EqualTo(Enumerable.Range(0, 24).Select(i => i < 10 ? 2 : 1)));
        Assert.That(asked.Keys, Has.None.EqualTo("connection 24"));
        await resync.StopAsync(CancellationToken.None);
    }

    private static Task TimeIsWaitedForAsync(HubHarness harness, int asked) =>
        Deadline.UntilAsync(() => harness.Pushes.All.Count == asked && harness.Time.TimersWaiting > 0, $"{asked} were asked");
}
