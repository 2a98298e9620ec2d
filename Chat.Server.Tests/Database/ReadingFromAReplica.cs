using System.Diagnostics.Metrics;
using Chat.Data;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>Pages of history from a replica: taken where they are provably complete, else from the primary, and nobody notices.</summary>
[TestFixture]
public sealed class ReadingFromAReplica
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly ManualTime _clock = new();
    private ReplicatedMariaDb _servers = null!;
    private TestDatabase _database = null!;
    private ReadReplica _replica = null!;
    private HistoryRepository _history = null!;
    private ReplicaReads _reads = null!;
    private IReadOnlyList<long> _users = [];

    [OneTimeSetUp]
    public async Task Start()
    {
        _servers = await ReplicatedMariaDb.StartNewAsync();
        _database = await TestDatabase.CreateAsync(on: _servers.Primary.ConnectionString);
        _users = await _database.UsersAsync(2);
        _reads = new ReplicaReads();
        _replica = new ReadReplica(
            ChatDatabase.Create($"{_servers.Replica.ConnectionString.TrimEnd(';')};Database={_database.Name}"),
            new ReplicaLimits(Patience, Rest), _reads.Metrics, _clock, NullLogger<ReadReplica>.Instance);
        _history = new HistoryRepository(_database.Database, _replica);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _reads?.Dispose();
        if (_replica is not null) await _replica.DisposeAsync();
        if (_servers is not null) await _servers.DisposeAsync();
    }

    [Test, Order(1)]
    public async Task A_page_comes_from_the_replica_that_has_it()
    {
        var chat = await ChatAsync(messages: 20);
        await MarkOnReplicaAsync(chat);
        foreach (var (anchor, id, expected) in new[]
        {
            (HistoryAnchor.Before, long.MaxValue, Range(11, 20)), (HistoryAnchor.Before, 6L, Range(1, 5)), (HistoryAnchor.Before, 1L, []),
            (HistoryAnchor.After, 0L, Range(1, 10)), (HistoryAnchor.After, 15L, Range(16, 20)), (HistoryAnchor.After, 20L, []),
        })
        {
            var read = await _history.ReadPageAsync(chat, _users[0], anchor, id, 10, CancellationToken.None);
            Assert.That(read!.Value.Messages.Select(m => m.MessageId), Is.EqualTo(expected));
            Assert.That(read.Value.Messages.Select(m => m.MessageText), Is.All.EqualTo("of the replica"));
            Assert.That(_reads.Last, Is.EqualTo("served"));
        }
        var around = (await _history.ReadAroundAsync(chat, _users[0], 10, 3, 3, CancellationToken.None))!.Value;
        Assert.That(around.Older.Concat(around.Newer).Select(m => (m.MessageId, m.MessageText)), Is.EqualTo(Range(8, 13).Select(i => (i, "of the replica"))));
    }

    [Test, Order(2)]
    public async Task What_must_be_current_never_does()
    {
        var chat = await ChatAsync(messages: 20);
        await MarkOnReplicaAsync(chat);
        var read = await _history.ReadAsync(chat, _users[0], HistoryAnchor.After, 0, 10, CancellationToken.None);
        Assert.That(read!.Value.Messages.Select(m => m.MessageText), Has.None.EqualTo("of the replica"));
    }

    [Test, Order(3)]
    public async Task Behind_it_serves_what_it_has_and_the_primary_the_rest()
    {
        var chat = await ChatAsync(messages: 20);
        await MarkOnReplicaAsync(chat);
        await _servers.HoldBackAsync();
        try
        {
            await _database.MessagesAsync(chat, _users[0], 10);
            await ExpectAsync(chat, HistoryAnchor.Before, long.MaxValue, Range(21, 30), "behind");
            await ExpectAsync(chat, HistoryAnchor.Before, 26, Range(16, 25), "behind");
            await ExpectAsync(chat, HistoryAnchor.Before, 21, Range(11, 20), "served");
            await ExpectAsync(chat, HistoryAnchor.After, 5, Range(6, 15), "served");
            await ExpectAsync(chat, HistoryAnchor.After, 10, Range(11, 20), "served", "a full page needs no more than itself");
            await ExpectAsync(chat, HistoryAnchor.After, 11, Range(12, 21), "behind");
            await ExpectAsync(chat, HistoryAnchor.After, 20, Range(21, 30), "behind");
            var around = (await _history.ReadAroundAsync(chat, _users[0], 20, 2, 2, CancellationToken.None))!.Value;
            Assert.That(around.Older.Concat(around.Newer).Select(m => m.MessageId), Is.EqualTo(Range(19, 22)));
            Assert.That(_reads.Last, Is.EqualTo("behind"));
        }
        finally
        {
            await _servers.CatchUpAsync();
        }
        await ExpectAsync(chat, HistoryAnchor.Before, long.MaxValue, Range(21, 30), "served");
    }

    [Test, Order(4)]
    public async Task A_change_that_it_does_not_have_yet_keeps_a_page_from_it()
    {
        var chat = await ChatAsync(messages: 20);
        await MarkOnReplicaAsync(chat);
        await _servers.HoldBackAsync();
        try
        {
            await _database.ExecuteAsync("UPDATE chats SET last_change_id = 1 WHERE chat_id = @chat", new { chat });
            await ExpectAsync(chat, HistoryAnchor.Before, 11, Range(1, 10), "behind");
        }
        finally
        {
            await _servers.CatchUpAsync();
        }
        await ExpectAsync(chat, HistoryAnchor.Before, 11, Range(1, 10), "served");
    }

    [Test, Order(5)]
    public async Task Rights_are_those_of_the_primary()
    {
        var chat = await ChatAsync(messages: 20);
        await _servers.CatchUpAsync();
        await _servers.HoldBackAsync();
        try
        {
            await _database.ExecuteAsync("UPDATE chat_participants SET left_at = joined_at WHERE chat_id = @chat AND user_id = @user", new { chat, user = _users[1] });
            await _database.ExecuteAsync("UPDATE chat_participants SET visible_from = 15 WHERE chat_id = @chat AND user_id = @user", new { chat, user = _users[0] });
            Assert.That(await _history.ReadPageAsync(chat, _users[1], HistoryAnchor.Before, 11, 10, CancellationToken.None), Is.Null);
            Assert.That(await _history.ReadAroundAsync(chat, _users[1], 11, 5, 5, CancellationToken.None), Is.Null);
            var read = await _history.ReadPageAsync(chat, _users[0], HistoryAnchor.Before, 18, 10, CancellationToken.None);
            Assert.That(read!.Value.Messages.Select(m => m.MessageId), Is.EqualTo(Range(15, 17)));
            Assert.That(_reads.Last, Is.EqualTo("served"));
        }
        finally
        {
            await _servers.CatchUpAsync();
        }
    }

    [Test, Order(6)]
    public async Task Away_it_is_left_alone_for_a_while_and_then_tried_by_one()
    {
        var chat = await ChatAsync(messages: 20);
        await _servers.CatchUpAsync();
        await _servers.Replica.KillAsync();
        await ExpectAsync(chat, HistoryAnchor.Before, 11, Range(1, 10), "failed");
        await ExpectAsync(chat, HistoryAnchor.Before, 11, Range(1, 10), "resting");
        _clock.Advance(Rest);
        await ExpectAsync(chat, HistoryAnchor.Before, 11, Range(1, 10), "failed");
        await ExpectAsync(chat, HistoryAnchor.Before, 11, Range(1, 10), "resting");

        await _servers.Replica.StartAsync();
        _clock.Advance(Rest);
        await ExpectAsync(chat, HistoryAnchor.Before, 11, Range(1, 10), "served");
        await ExpectAsync(chat, HistoryAnchor.Before, 11, Range(1, 10), "served");
    }

    [Test, Order(7)]
    public async Task Nobody_waits_long_for_a_slow_one()
    {
        var started = new TaskCompletionSource();
        var stuck = new TaskCompletionSource<string?>();
        var read = _replica.TryReadAsync((_, _) =>
        {
            started.SetResult();
            return stuck.Task;
        }, CancellationToken.None);
        await started.Task.OrDeadline();
        _clock.Advance(Patience);
        Assert.That(await read.OrDeadline(), Is.Null);
        Assert.That(_reads.Last, Is.EqualTo("failed"));
        stuck.SetResult("too late");
        Assert.That(await _replica.TryReadAsync((_, _) => Task.FromResult<string?>("not asked"), CancellationToken.None), Is.Null);
        Assert.That(_reads.Last, Is.EqualTo("resting"));
    }

    private async Task ExpectAsync(long chat, HistoryAnchor anchor, long id, IEnumerable<long> ids, string outcome, string? why = null)
    {
        var read = await _history.ReadPageAsync(chat, _users[0], anchor, id, 10, CancellationToken.None);
        Assert.That(read!.Value.Messages.Select(m => m.MessageId), Is.EqualTo(ids), why);
        Assert.That(_reads.Last, Is.EqualTo(outcome), why);
    }

    private async Task<long> ChatAsync(int messages)
    {
        var chat = (await _database.GroupAsync(_users)).ChatId;
        await _database.MessagesAsync(chat, _users[0], messages);
        return chat;
    }

    /// <summary>Writes other texts into the replica's copy, so that one sees where a page came from.</summary>
    private async Task MarkOnReplicaAsync(long chat)
    {
        await _servers.CatchUpAsync();
        await _servers.Replica.AsRootAsync($"UPDATE {_database.Name}.messages SET message_text = 'of the replica' WHERE chat_id = {chat}");
    }

    private static IEnumerable<long> Range(long first, long last) => Enumerable.Range((int)first, (int)(last - first + 1)).Select(i => (long)i);

    /// <summary>Listens to <c>chat.replica.reads</c>.</summary>
    private sealed class ReplicaReads : IDisposable
    {
        private readonly MeterListener _listener = new();

        public ReplicaReads()
        {
            var meters = TestMetrics.Factory();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "chat.replica.reads") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Last = (string?)tags[0].Value);
            _listener.Start();
            Metrics = new DataMetrics(meters);
        }

        public DataMetrics Metrics { get; }

        /// <summary>The outcome of the last read.</summary>
        public string? Last { get; private set; }

        public void Dispose() => _listener.Dispose();
    }
}
