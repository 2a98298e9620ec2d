using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// Keeps each message until its result arrives, and repeats it, under the same name, after whatever went wrong: in the order
/// of writing, some at a time.
/// </summary>
internal sealed class Outbox(ClientLink link, Action<long, Guid, long> acknowledged)
{
    private readonly List<Entry> _all = [];
    private readonly LinkedList<Entry> _open = [];
    private int _underWay;
    private int _pauses;

    /// <summary>Messages without a result.</summary>
    public int OpenCount
    {
        get
        {
            lock (link.Gate) return _open.Count;
        }
    }

    public void Add(long chatId, string text)
    {
        lock (link.Gate)
        {
            var entry = new Entry(chatId, Guid.NewGuid(), text);
            link.Counters.Deliveries.Written(entry.Id, entry.WrittenAt);
            _all.Add(entry);
            _open.AddLast(entry);
        }
        Pump();
    }

    /// <summary>Sends what may be sent now.</summary>
    public void Pump()
    {
        lock (link.Gate)
        {
            if (_pauses > 0 || link.Caller is not { } caller) return;
            foreach (var entry in _open)
            {
                if (_underWay >= link.Options.Window) return;
                if (entry.UnderWay) continue;
                Send(caller, entry);
            }
        }
    }

    /// <summary>Messages with a result.</summary>
    public int AcknowledgedCount
    {
        get
        {
            lock (link.Gate) return _all.Count - _open.Count;
        }
    }

    /// <summary>The longest wait for a result that ended after this timestamp, or has not ended yet.</summary>
    public TimeSpan SlowestSince(long timestamp)
    {
        var now = Stopwatch.GetTimestamp();
        lock (link.Gate)
            return _all
                .Where(entry => entry.AcknowledgedAt == 0 || entry.AcknowledgedAt > timestamp)
                .Select(entry => Stopwatch.GetElapsedTime(entry.WrittenAt, entry.AcknowledgedAt == 0 ? now : entry.AcknowledgedAt))
                .DefaultIfEmpty().Max();
    }

    public IReadOnlyList<SentMessage> ToSentMessages()
    {
        lock (link.Gate)
            return [.. _all.Where(e => e.Attempts > 0).OrderBy(e => e.FirstSentAt).Select(e =>
                new SentMessage(e.ChatId, e.Id, e.FirstSentAt, e.Attempts, e.Acknowledgement, e.Text))];
    }

    private void Send(HubCaller caller, Entry entry)
    {
        if (entry.FirstSentAt == 0) entry.FirstSentAt = link.Tick();
        entry.UnderWay = true;
        _underWay++;
        if (entry.Attempts > 0) link.Counters.CountRepeated();
        entry.Attempts++;
        link.Track(FinishAsync(entry, CallAsync(caller, entry)));
        if (Random.Shared.NextDouble() >= link.Options.DoubleShare) return;
        entry.Attempts++;
        link.Track(RepeatAsync(caller, entry));
    }

    private async Task FinishAsync(Entry entry, Task<SendMessageResult> call)
    {
        // Never within the loop that sends: an answer may be there already, and would change what the loop walks over.
        await Task.Yield();
        try
        {
            var result = await call;
            Acknowledge(entry, result);
        }
        catch (HubCallException error)
        {
            link.CountError(error, nameof(ChatHub.SendMessage));
            lock (link.Gate)
            {
                Ended(entry);
                _pauses++;
            }
            await link.RetryDelayAsync();
            lock (link.Gate) _pauses--;
        }
        catch (HubClosedException)
        {
            lock (link.Gate) Ended(entry);
        }
        Pump();
    }

    private void Acknowledge(Entry entry, SendMessageResult result)
    {
        HubCaller? again = null;
        lock (link.Gate)
        {
            Ended(entry);
            Learn(entry, result);
            if (Random.Shared.NextDouble() < link.Options.RepeatShare) again = link.Caller;
            if (again is not null) link.Track(RepeatAsync(again, entry));
        }
    }

    /// <summary>Once more, without need. Whatever happens to it, the message is known or being repeated already.</summary>
    private async Task RepeatAsync(HubCaller caller, Entry entry)
    {
        link.Counters.CountRepeated();
        try
        {
            var result = await CallAsync(caller, entry);
            lock (link.Gate) Learn(entry, result);
        }
        catch (HubCallException error)
        {
            link.CountError(error, nameof(ChatHub.SendMessage));
        }
        catch (HubClosedException)
        {
        }
    }

    /// <summary>The first result acknowledges; a further one must say the same.</summary>
    private void Learn(Entry entry, SendMessageResult result)
    {
        if (entry.Acknowledgement is { } first)
        {
            if (first.MessageId != result.MessageId)
                link.Found(new Contradiction(
                    CheckRules.OneMessagePerId,
                    $"chat {entry.ChatId}: {entry.Id} was acknowledged as {first.MessageId}, and when repeated as {result.MessageId}"));
            return;
        }
        entry.Acknowledgement = new Acknowledgement(result.MessageId, link.Tick());
        _open.Remove(entry);
        entry.AcknowledgedAt = Stopwatch.GetTimestamp();
        link.Counters.CountAcknowledged(Stopwatch.GetElapsedTime(entry.WrittenAt, entry.AcknowledgedAt));
        acknowledged(entry.ChatId, entry.Id, result.MessageId);
    }

    private void Ended(Entry entry)
    {
        entry.UnderWay = false;
        _underWay--;
    }

    private static Task<SendMessageResult> CallAsync(HubCaller caller, Entry entry) =>
        caller.InvokeAsync<SendMessageResult>(
            nameof(ChatHub.SendMessage), new SendMessageRequest(entry.ChatId, entry.Id, entry.Text), CancellationToken.None);

    private sealed class Entry(long chatId, Guid id, string text)
    {
        public long ChatId => chatId;
        public Guid Id => id;
        public string Text => text;
        public long WrittenAt { get; } = Stopwatch.GetTimestamp();
        public long AcknowledgedAt { get; set; }
        public long FirstSentAt { get; set; }
        public int Attempts { get; set; }
        public bool UnderWay { get; set; }
        public Acknowledgement? Acknowledgement { get; set; }
    }
}
