using System.Diagnostics;
using Chat.Data.Messages;
using Chat.Server.Hubs;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Connections;

/// <summary>Clients that do not read: nobody waits for them, little is held for them, and they are told why they were closed, if they can be.</summary>
[TestFixture, NonParallelizable]
public sealed class SlowClientsHarmThemselves
{
    private const int MaxPendingBytes = 64 * 1024;
    private const int Text = 4000;

    private TestDatabase _database = null!;
    private ChatServerFactory _server = null!;
    private CountingHistory _history = null!;
    private TestClient _ann = null!;
    private TestClient _cem = null!;
    private TestAccount _bob = null!;
    private long _chatId;

    private RealtimeMetrics Metrics => _server.Services.GetRequiredService<RealtimeMetrics>();

    private int BobsConnections => _server.Services.GetRequiredService<ConnectionRegistry>().Of(_bob.UserId).Count;

    [SetUp]
    public async Task Start()
    {
        _database = await TestDatabase.CreateAsync();
        _server = new ChatServerFactory(
            _database.ConnectionString,
            TestSettings.Unthrottled(new()
            {
                ["Connections:MaxPendingBytes"] = $"{MaxPendingBytes}", ["Connections:TransportBufferBytes"] = "16384",
                ["Connections:SocketBufferBytes"] = "16384", ["Connections:WriteTimeout"] = "00:00:03",
            }),
            services => services.AddSingleton<IHistoryReader>(s => _history = new CountingHistory(ActivatorUtilities.CreateInstance<HistoryRepository>(s))));
        _ann = await TestClient.RegisterAsync(_server.Address, "Ann");
        _cem = await TestClient.RegisterAsync(_server.Address, "Cem");
        _bob = await TestAccount.RegisterAsync(_server.Address, "Bob", TestClient.NextPhoneNumber());
        _chatId = (await _ann.CallAsync<ChatView>(
            nameof(ChatHub.CreateGroup), new CreateGroupRequest(Guid.NewGuid(), "Group", [_cem.UserId, _bob.UserId]))).ChatId;
    }

    [TearDown]
    public async Task Stop()
    {
        _server.Logs.WriteIfFailed();
        await _ann.DisposeAsync();
        await _cem.DisposeAsync();
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Hundreds_in_one_group_delay_nobody_and_cost_a_bounded_number_of_bytes()
    {
        const int stuckClients = 200;
        await SayAsync(Text);
        var alone = Median(await MeasureAsync(20));
        var stuck = await ConnectStuckAsync(stuckClients);

        var latencies = new List<TimeSpan>();
        var held = 0L;
        while (Metrics.DroppedClients < stuckClients && latencies.Count < 400)
        {
            latencies.AddRange(await MeasureAsync(5));
            held = Math.Max(held, Metrics.PendingBytes);
        }

        await TestContext.Out.WriteLineAsync(
            $"median {alone.TotalMilliseconds:0.0} ms alone, {Median(latencies).TotalMilliseconds:0.0} ms beside {stuckClients} stuck clients, worst {latencies.Max().TotalMilliseconds:0} ms; "
            + $"at most {held} bytes held; {latencies.Count} messages until all were dropped");
        Assert.Multiple(() =>
        {
            Assert.That(Metrics.DroppedClients, Is.EqualTo(stuckClients));
            Assert.That(held, Is.InRange(1, stuckClients * (MaxPendingBytes + 2 * Text)));
            Assert.That(Median(latencies), Is.LessThan(alone * 20 + TimeSpan.FromMilliseconds(100)));
        });
        await Deadline.UntilAsync(() => BobsConnections == 0, "those who were dropped are gone");
        Assert.That(Metrics.PendingBytes, Is.Zero);
        Assert.That(_cem.Messages.All.Where(m => m.System is null).Select(m => m.MessageId), Is.Ordered.And.Unique);
        foreach (var one in stuck) await one.DisposeAsync();
    }

    [Test]
    public async Task Who_begins_to_read_again_is_told_why()
    {
        await using var stuck = (await ConnectStuckAsync(1)).Single();
        for (var i = 0; Metrics.DroppedClients == 0; i++)
        {
            Assert.That(i, Is.LessThan(500), "is dropped");
            await SayAsync(Text);
        }
        Assert.That(await stuck.ReadToTheEndAsync(), Does.StartWith("too_slow: "));
        await Deadline.UntilAsync(() => BobsConnections == 0, "is gone");
    }

    [Test]
    public async Task Who_asks_for_pages_and_does_not_read_them_gets_few_and_is_cut_off()
    {
        for (var i = 0; i < 50; i++) await SayAsync(Text);
        await using var stuck = (await ConnectStuckAsync(1)).Single();
        var flood = Task.Run(async () =>
        {
            for (var i = 2; ; i++)
                await stuck.SendAsync($$"""{"type":1,"invocationId":"{{i}}","target":"ListMessages","arguments":[{"chatId":{{_chatId}},"limit":50}]}""");
        });

        await Deadline.UntilAsync(() => BobsConnections == 0, "is cut off");
        Assert.That(_history.Reads, Is.InRange(1, 6), "pages read for it, of 200 kB each");
        Assert.That(Metrics.DroppedClients, Is.EqualTo(1));
        Assert.That(async () => await flood.OrDeadline(), Throws.Exception, "it could not go on asking");
        await SayAsync(10);
    }

    private async Task<List<StuckSocket>> ConnectStuckAsync(int count)
    {
        var stuck = new List<StuckSocket>();
        foreach (var some in Enumerable.Range(0, count).Chunk(25))
            stuck.AddRange(await Task.WhenAll(some.Select(_ => StuckSocket.ConnectAsync(_server.Address, _bob.AccessToken))));
        Assert.That(BobsConnections, Is.EqualTo(count));
        return stuck;
    }

    private async Task<List<TimeSpan>> MeasureAsync(int messages)
    {
        var latencies = new List<TimeSpan>();
        for (var i = 0; i < messages; i++) latencies.Add(await SayAsync(Text));
        return latencies;
    }

    /// <returns>How long it took from Ann to Cem.</returns>
    private async Task<TimeSpan> SayAsync(int length)
    {
        var start = Stopwatch.GetTimestamp();
        var sent = await _ann.SendAsync(_chatId, new string('x', length));
        await _cem.Messages.WaitForAsync(m => m.MessageId == sent.MessageId);
        return Stopwatch.GetElapsedTime(start);
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private sealed class CountingHistory(IHistoryReader inner) : IHistoryReader
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public Task<(ChatPosition Position, IReadOnlyList<MessageRow> Messages)?> ReadAsync(
            long chatId, long userId, HistoryAnchor anchor, long messageId, int limit, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return inner.ReadAsync(chatId, userId, anchor, messageId, limit, cancellationToken);
        }

        public Task<(ChatPosition Position, IReadOnlyList<MessageRow> Messages)?> ReadPageAsync(
            long chatId, long userId, HistoryAnchor anchor, long messageId, int limit, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return inner.ReadPageAsync(chatId, userId, anchor, messageId, limit, cancellationToken);
        }

        public Task<(ChatPosition Position, IReadOnlyList<MessageRow> Older, IReadOnlyList<MessageRow> Newer)?> ReadAroundAsync(
            long chatId, long userId, long messageId, int older, int newer, CancellationToken cancellationToken) =>
            inner.ReadAroundAsync(chatId, userId, messageId, older, newer, cancellationToken);

        public Task<SyncPage?> SyncAsync(
            long chatId, long userId, long afterMessageId, SyncMarks marks, int limit, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return inner.SyncAsync(chatId, userId, afterMessageId, marks, limit, cancellationToken);
        }
    }
}
