using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// A client as docs/protocol.md wants it: outbox, reconnect with jitter, catching up, holes, receipts. It remembers what it did
/// and was told, for the checker.
/// </summary>
public sealed class ResilientClient : IAsyncDisposable
{
    private readonly BenchUser _user;
    private readonly ClientLink _link;
    private readonly MarkTrail _trail = new();
    private readonly ChatSync _chats;
    private readonly Outbox _outbox;
    private readonly ReceiptSender _receipts;
    private readonly PresenceWatch _presence;
    private readonly Absence _absence = new();
    private readonly Attendance _attendance = new();
    private Task _loop = Task.CompletedTask;

    public ResilientClient(ChaosUser user, ResilientClientOptions options, ChaosCounters counters)
    {
        (_user, User) = (user.User, user);
        _link = new ClientLink(options, counters);
        _receipts = new ReceiptSender(_link, _user.UserId, _trail);
        _chats = new ChatSync(_link, _user.UserId, user.ChatIds, _trail, _receipts.Arrived);
        _outbox = new Outbox(_link, (chatId, id, messageId) => _chats.Apply(chatId, new SeenMessage(messageId, _user.UserId, id)));
        _presence = new PresenceWatch(_link, user.Contacts);
    }

    public ChaosUser User { get; }

    public string Name => $"user {_user.UserId}";

    public bool IsConnected
    {
        get
        {
            lock (_link.Gate) return _link.Caller is not null;
        }
    }

    /// <summary>The node that it is connected to, by the load balancer's word; null without one or the other.</summary>
    public string? Node
    {
        get
        {
            lock (_link.Gate) return _link.Caller?.ServedBy;
        }
    }

    /// <summary>Whether it has left, or will once it loses its connection, and has not come back.</summary>
    public bool HasLeft => _attendance.HasLeft;

    public bool NeverReconnected => _absence.NeverReconnected;

    public TimeSpan LongestAway => _absence.Longest;

    /// <summary>Messages with a result.</summary>
    public int Acknowledged => _outbox.AcknowledgedCount;

    /// <summary>Messages without a result.</summary>
    public int Unacknowledged => _outbox.OpenCount;

    /// <summary>Whether everything that it sent has been answered.</summary>
    public bool IsIdle => _outbox.OpenCount == 0 && _receipts.IsDone;

    /// <summary>Connects, and stays connected.</summary>
    public void Start() => _loop = RunAsync();

    public void Send(long chatId, string text) => _outbox.Add(chatId, text);

    /// <summary>Loses the connection, as a telephone does.</summary>
    public void Drop()
    {
        lock (_link.Gate) _link.Caller?.Abort();
    }

    /// <summary>Goes away without a word and stays away, as a telephone that is switched off.</summary>
    public void Leave()
    {
        LeaveOnceLost();
        Drop();
    }

    /// <summary>Stays away as soon as something else ends its connection.</summary>
    public void LeaveOnceLost()
    {
        _attendance.Leave();
        _absence.Excuse();
    }

    public void Return()
    {
        _absence.Return();
        _attendance.Return();
    }

    /// <summary>The longest wait for a result that ended after this timestamp, or has not ended yet.</summary>
    public TimeSpan SlowestSince(long timestamp) => _outbox.SlowestSince(timestamp);

    /// <summary>Whether it has every message up to these last ids, without a hole.</summary>
    public bool HasAll(IReadOnlyDictionary<long, long> heads) => _chats.HasAll(heads);

    /// <summary>The highest marks that it knows of its partner in their direct chat.</summary>
    public SeenMarks PartnerMarks
    {
        get
        {
            lock (_link.Gate) return _trail.KnownOf(User.DirectChatId, User.PartnerId);
        }
    }

    /// <summary>Null: it was not told.</summary>
    public bool? ShowsOnline(long userId) => _presence.Shows(userId);

    /// <summary>Syncs every chat to its end.</summary>
    public async Task ConvergeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            HubCaller? caller;
            lock (_link.Gate) caller = _link.Caller;
            try
            {
                if (caller is not null)
                {
                    await _chats.ConvergeAsync(caller, cancellationToken);
                    return;
                }
            }
            catch (HubClosedException)
            {
                // Again with the next connection.
            }
            await Task.Delay(20, cancellationToken);
        }
    }

    public ClientRecord ToRecord()
    {
        lock (_link.Gate)
            return new ClientRecord(
                Name, _user.UserId, _outbox.ToSentMessages(), _chats.Views, _trail.Seen, _link.Contradictions,
                new Dictionary<string, long> { [CheckRules.OneMessagePerId] = _chats.Told, [CheckRules.MarksForward] = _trail.Answers })
            {
                LongestAway = _absence.Longest,
            };
    }

    public async ValueTask DisposeAsync()
    {
        _link.Stop();
        Drop();
        await _loop;
        _link.Dispose();
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_link.Stopping.IsCancellationRequested)
        {
            try
            {
                await _attendance.WhenPresentAsync(_link.Stopping);
                await LiveAsync();
                failures = 0;
            }
            catch (Exception exception) when (exception is HubConnectException or OperationCanceledException)
            {
                if (_link.Stopping.IsCancellationRequested) return;
                _link.Counters.CountConnectFailed();
                failures++;
            }
            var longest = Math.Min(
                _link.Options.MaxReconnectDelay.TotalMilliseconds, _link.Options.ReconnectDelay.TotalMilliseconds * Math.Pow(2, failures));
            await _link.DelayAsync(TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2))));
        }
    }

    private async Task LiveAsync()
    {
        await using var caller = await ConnectAsync();
        _link.Counters.CountConnected();
        lock (_link.Gate) _link.Caller = caller;
        try
        {
            // Sending does not wait for what was missed: the server numbers, whatever the client knows.
            _outbox.Pump();
            await _chats.CatchUpAsync(caller);
            _absence.Back();
            _receipts.Resume();
            _presence.Ask();
        }
        catch (HubClosedException)
        {
            // The connection is over before it was of use.
        }
        await caller.Completion;
        _absence.Lost();
        if (!_link.Stopping.IsCancellationRequested) _link.Counters.CountConnectionLost();
        lock (_link.Gate) _link.Caller = null;
        await _link.WhenQuietAsync();
    }

    private async Task<HubCaller> ConnectAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_link.Stopping);
        timeout.CancelAfter(_link.Options.ConnectTimeout);
        return await HubCaller.ConnectAsync(_user.Hub, _user.AccessToken, Listen, timeout.Token);
    }

    private void Listen(in HubRecord record)
    {
        if (record.Target.SequenceEqual("MessagePosted"u8))
        {
            var message = MessageKeyReader.ReadMessage(record.Payload);
            _link.Counters.Deliveries.Arrived(message.ClientMessageId);
            _chats.Apply(message.ChatId, new SeenMessage(message.MessageId, message.SenderId, message.ClientMessageId));
        }
        else if (record.Target.SequenceEqual("ReceiptsAdvanced"u8))
        {
            var advanced = record.Read<ReceiptsAdvancedEvent>(HubCaller.Json);
            lock (_link.Gate)
                foreach (var receipt in advanced.Receipts)
                    _trail.Pushed(advanced.ChatId, receipt.UserId, receipt.DeliveredUpTo, receipt.ReadUpTo);
        }
        else if (record.Target.SequenceEqual("PresenceChanged"u8))
        {
            _presence.Pushed(record.Read<PresenceView>(HubCaller.Json));
        }
        else if (record.Target.SequenceEqual("ResyncRequired"u8))
        {
            var resync = record.Read<ResyncRequiredEvent>(HubCaller.Json);
            _link.Counters.CountResync();
            _chats.Resync(resync.ChatId);
            if (resync.ChatId is null) _presence.Ask();
        }
        else if (record.Target.SequenceEqual("ReconnectRequired"u8))
        {
            _ = MoveAsync(record.Read<ReconnectRequiredEvent>(HubCaller.Json).AfterMs);
        }
    }

    /// <summary>The server goes away: ends this connection when it says so; the next one is made as after any loss.</summary>
    private async Task MoveAsync(int afterMs)
    {
        HubCaller? leaving;
        lock (_link.Gate) leaving = _link.Caller;
        await _link.DelayAsync(TimeSpan.FromMilliseconds(afterMs));
        leaving?.Abort();
    }
}
