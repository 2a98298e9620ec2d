using Chat.Data;
using Chat.Data.Presence;
using Chat.Server.Features.Presence;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Chat.Server.Tests.Presence;

/// <summary>Two nodes over one store, each with a clock of its own; a node whose clock stands still is frozen.</summary>
[TestFixture]
public sealed class NodesFreezeAndClocksDiffer
{
    private const long Bob = HubHarness.Bob;

    private static readonly PresenceOptions Options = new();

    private readonly Dictionary<long, DateTime> _stored = [];
    private readonly ManualTime _storeTime = new();
    private HubHarness _harness = null!;
    private IPresenceStore _store = null!;
    private Mock<ILastSeenStore> _lastSeen = null!;
    private Node _one = null!;
    private Node _two = null!;

    [SetUp]
    public async Task SetUp()
    {
        _harness = new HubHarness();
        _store = new LocalPresenceStore(Options, _storeTime);
        _stored.Clear();
        _lastSeen = new Mock<ILastSeenStore>();
        _lastSeen.Setup(l => l.SetAsync(It.IsAny<IReadOnlyCollection<long>>(), It.IsAny<DateTime>(), It.IsAny<CancellationToken>()))
            .Returns((IReadOnlyCollection<long> users, DateTime at, CancellationToken _) =>
            {
                lock (_stored) foreach (var user in users) _stored[user] = at;
                return Task.CompletedTask;
            });
        _one = await Node.StartAsync(this, _storeTime.Now.AddMinutes(7));
        _two = await Node.StartAsync(this, _storeTime.Now.AddHours(-3));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _one.Tracker.StopAsync(CancellationToken.None);
        await _two.Tracker.StopAsync(CancellationToken.None);
        _one.Tracker.Dispose();
        _two.Tracker.Dispose();
        _harness.Dispose();
    }

    [Test]
    public async Task Who_was_on_a_frozen_node_goes_offline_and_comes_back_with_it()
    {
        _one.Tracker.Connected(Bob, "on one");
        await ToldAsync(online: true, times: 1);

        var renewed = _storeTime.Now;
        await PassAsync(Options.LeaseTime + TimeSpan.FromSeconds(2), _two);
        await ToldAsync(online: false, times: 1);
        Assert.That(LastTold().LastSeen, Is.EqualTo((renewed + Options.LeaseTime).UtcDateTime), "by the store's clock, though both nodes' are wrong");
        await StoredAsync((renewed + Options.LeaseTime).UtcDateTime);

        // It goes on: its timers are late, its connections may still be there.
        _one.Time.Advance(Options.LeaseTime + TimeSpan.FromSeconds(2));
        await ToldAsync(online: true, times: 2);
        await PassAsync(Options.LeaseTime * 2, _one, _two);
        Assert.That(Told().Count(p => !p.Online), Is.EqualTo(1), "and stays");
    }

    [Test]
    public async Task Who_went_elsewhere_meanwhile_is_online_once_and_gone_once()
    {
        _one.Tracker.Connected(Bob, "on one");
        await ToldAsync(online: true, times: 1);
        await PassAsync(Options.LeaseTime + TimeSpan.FromSeconds(2), _two);
        await ToldAsync(online: false, times: 1);
        _two.Tracker.Connected(Bob, "on two");
        await ToldAsync(online: true, times: 2);

        var rounds = _one.Rounds;
        _one.Time.Advance(Options.LeaseTime + TimeSpan.FromSeconds(2));
        await Deadline.UntilAsync(() => _one.Rounds > rounds, "the frozen node goes on");
        _one.Tracker.Disconnected("on one");
        await PassAsync(Options.Linger + TimeSpan.FromSeconds(2), _one, _two);
        Assert.That((await _store.FindOnlineAsync([Bob])).UserIds.Contains(Bob), Is.True);
        Assert.That(Told().Count(p => !p.Online), Is.EqualTo(1));

        var left = _storeTime.Now;
        _two.Tracker.Disconnected("on two");
        await Deadline.UntilAsync(async () =>
        {
            await PassAsync(TimeSpan.FromSeconds(1), _one, _two);
            return Told().Count(p => !p.Online) == 2;
        }, "gone");
        Assert.That(LastTold().LastSeen, Is.InRange(left.UtcDateTime, left.AddSeconds(10).UtcDateTime));
        await PassAsync(Options.LeaseTime * 2, _one, _two);
        Assert.That((await _store.FindOnlineAsync([Bob])).UserIds.Contains(Bob), Is.False, "nobody is stuck online");
        Assert.That(Told().Count(p => p.Online), Is.EqualTo(2));
    }

    [Test]
    public async Task What_cannot_be_written_is_written_later_with_the_time_at_which_it_happened()
    {
        var away = true;
        _lastSeen.Setup(l => l.SetAsync(It.IsAny<IReadOnlyCollection<long>>(), It.IsAny<DateTime>(), It.IsAny<CancellationToken>()))
            .Returns((IReadOnlyCollection<long> users, DateTime at, CancellationToken _) =>
            {
                if (away) throw new DataUnavailableException(new IOException());
                lock (_stored) foreach (var user in users) _stored[user] = at;
                return Task.CompletedTask;
            });
        _two.Tracker.Connected(Bob, "phone");
        await ToldAsync(online: true, times: 1);
        var expiry = (_storeTime.Now + Options.LeaseTime).UtcDateTime;
        await PassAsync(Options.LeaseTime + TimeSpan.FromSeconds(2), _one);
        await ToldAsync(online: false, times: 1);
        await PassAsync(TimeSpan.FromMinutes(5), _one);
        away = false;
        await PassAsync(TimeSpan.FromSeconds(2), _one);
        await StoredAsync(expiry);
    }

    /// <summary>Time passes for the store and for nodes that are not frozen, a second at a time, each having done its round.</summary>
    private async Task PassAsync(TimeSpan span, params Node[] nodes)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Options.SweepInterval)
        {
            _storeTime.Advance(Options.SweepInterval);
            foreach (var node in nodes)
            {
                var rounds = node.Rounds;
                node.Time.Advance(Options.SweepInterval);
                await Deadline.UntilAsync(() => node.Rounds > rounds, "a round");
            }
        }
    }

    private IReadOnlyList<PresenceView> Told() => [.. _harness.Pushes.All.Select(p => (PresenceView)p.Event)];

    private PresenceView LastTold() => Told()[^1];

    private Task ToldAsync(bool online, int times) =>
        Deadline.UntilAsync(() => Told().Count(p => p.Online == online) >= times, $"told {(online ? "online" : "offline")} for the {times}. time");

    private Task StoredAsync(DateTime at) =>
        Deadline.UntilAsync(() => { lock (_stored) return _stored.GetValueOrDefault(Bob) == at; }, $"stored as last seen at {at}");

    private sealed class Node
    {
        private int _rounds;

        private Node(NodesFreezeAndClocksDiffer test, DateTimeOffset clock)
        {
            Time = new ManualTime(clock);
            Tracker = new PresenceTracker(
                new CountingStore(test._store, () => Interlocked.Increment(ref _rounds)), test._lastSeen.Object,
                new PresenceNotifier(test._harness.HubContext.Object, NullLogger<PresenceNotifier>.Instance), Options, Time,
                NullLogger<PresenceTracker>.Instance);
        }

        public ManualTime Time { get; }

        public PresenceTracker Tracker { get; }

        /// <summary>Rounds that have come to their sweep.</summary>
        public int Rounds => Volatile.Read(ref _rounds);

        public static async Task<Node> StartAsync(NodesFreezeAndClocksDiffer test, DateTimeOffset clock)
        {
            var node = new Node(test, clock);
            await node.Tracker.StartAsync(CancellationToken.None);
            await Deadline.UntilAsync(() => node.Time.TimersWaiting > 0, "the node has started");
            return node;
        }
    }

    private sealed class CountingStore(IPresenceStore inner, Action swept) : IPresenceStore
    {
        public Task<PresentUsers> TouchAsync(IReadOnlyCollection<PresenceLease> leases) => inner.TouchAsync(leases);

        public Task EndAsync(PresenceLease lease) => inner.EndAsync(lease);

        public Task<PresentUsers> FindOnlineAsync(IReadOnlyCollection<long> userIds) => inner.FindOnlineAsync(userIds);

        public async Task<IReadOnlyList<PresenceEnd>> SweepAsync()
        {
            var ends = await inner.SweepAsync();
            swept();
            return ends;
        }
    }
}
