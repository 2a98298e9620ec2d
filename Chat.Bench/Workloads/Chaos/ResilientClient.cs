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
    private Task _loop = Task.CompletedTask;

    public ResilientClient(BenchUser user, IReadOnlyList<long> chatIds, ResilientClientOptions options, ChaosCounters counters)
    {
        _user = user;
        ChatIds = chatIds;
        _link = new ClientLink(options, counters);
        _receipts = new ReceiptSender(_link, user.UserId, _trail);
        _chats = new ChatSync(_link, user.UserId, chatIds, _trail, _receipts.Arrived);
        _outbox = new Outbox(_link, (chatId, id, messageId) => _chats.Apply(chatId, new SeenMessage(messageId, user.UserId, id)));
    }

    public IReadOnlyList<long> ChatIds { get; }

    public bool IsConnected
    {
        get
        {
            lock (_link.Gate) return _link.Caller is not null;
        }
    }

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
                $"user {_user.UserId}", _user.UserId, _outbox.ToSentMessages(), _chats.Views, _trail.Seen, _link.Contradictions,
                new Dictionary<string, long> { [CheckRules.OneMessagePerId] = _chats.Told, [CheckRules.MarksForward] = _trail.Answers });
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
            _receipts.Resume();
        }
        catch (HubClosedException)
        {
            // The connection is over before it was of use.
        }
        await caller.Completion;
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
            _chats.Apply(message.ChatId, new SeenMessage(message.MessageId, message.SenderId, message.ClientMessageId));
        }
        else if (record.Target.SequenceEqual("ReceiptsAdvanced"u8))
        {
            var advanced = record.Read<ReceiptsAdvancedEvent>(HubCaller.Json);
            lock (_link.Gate)
                foreach (var receipt in advanced.Receipts)
                    _trail.Pushed(advanced.ChatId, receipt.UserId, receipt.DeliveredUpTo, receipt.ReadUpTo);
        }
        else if (record.Target.SequenceEqual("ResyncRequired"u8))
        {
            _chats.Resync(record.Read<ResyncRequiredEvent>(HubCaller.Json).ChatId);
        }
    }
}
