using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>Marks what the client has as delivered, some of it as read, and now and then sends a mark that lies behind.</summary>
internal sealed class ReceiptSender(ClientLink link, long userId, MarkTrail trail)
{
    private readonly Dictionary<long, ChatMarks> _chats = [];

    /// <summary>Whether every mark that is wanted has been answered.</summary>
    public bool IsDone
    {
        get
        {
            lock (link.Gate) return _chats.Values.All(marks => !marks.Sending && marks.IsDone);
        }
    }

    /// <summary>The client has the chat up to there. Under the gate.</summary>
    public void Arrived(long chatId, long upTo)
    {
        if (!_chats.TryGetValue(chatId, out var marks)) _chats.Add(chatId, marks = new ChatMarks(chatId));
        marks.WantedDelivered = Math.Max(marks.WantedDelivered, upTo);
        if (Random.Shared.NextDouble() < link.Options.ReadShare) marks.WantedRead = Math.Max(marks.WantedRead, upTo);
        Pump(marks);
    }

    /// <summary>There is a connection again.</summary>
    public void Resume()
    {
        lock (link.Gate)
            foreach (var marks in _chats.Values)
                Pump(marks);
    }

    private void Pump(ChatMarks marks)
    {
        if (marks.Sending || marks.IsDone || link.Caller is null) return;
        marks.Sending = true;
        _ = SendAllAsync(marks);
    }

    private async Task SendAllAsync(ChatMarks marks)
    {
        while (true)
        {
            Task work;
            lock (link.Gate)
            {
                if (marks.IsDone || link.Caller is not { } caller || link.Stopping.IsCancellationRequested)
                {
                    marks.Sending = false;
                    return;
                }
                work = marks.WantedRead > marks.SentRead
                    ? SendAsync(caller, marks, marks.WantedRead, read: true)
                    : SendAsync(caller, marks, marks.WantedDelivered, read: false);
                link.Track(work);
            }
            await work;
            await link.DelayAsync(link.Options.MarkInterval);
        }
    }

    private async Task SendAsync(HubCaller caller, ChatMarks marks, long upTo, bool read)
    {
        var method = read ? nameof(ChatHub.MarkRead) : nameof(ChatHub.MarkDelivered);
        try
        {
            var stale = Random.Shared.NextDouble() < link.Options.StaleMarkShare ? Random.Shared.NextInt64(1, upTo + 1) : upTo;
            await CallAsync(caller, method, marks.ChatId, upTo);
            if (stale < upTo) await CallAsync(caller, method, marks.ChatId, stale);
            lock (link.Gate)
            {
                // Read implies delivered.
                marks.SentDelivered = Math.Max(marks.SentDelivered, upTo);
                if (read) marks.SentRead = Math.Max(marks.SentRead, upTo);
            }
        }
        catch (HubCallException error)
        {
            link.CountError(error, method);
        }
        catch (HubClosedException)
        {
            // Repeated with the next connection.
        }
    }

    private async Task CallAsync(HubCaller caller, string method, long chatId, long upTo)
    {
        MarkTrail.Question question;
        lock (link.Gate) question = trail.Ask(chatId, userId);
        var result = await caller.InvokeAsync<MarkResult>(method, new MarkRequest(chatId, upTo), CancellationToken.None);
        lock (link.Gate) link.Found(trail.Answered(question, result.DeliveredUpTo, result.ReadUpTo));
    }

    private sealed class ChatMarks(long chatId)
    {
        public long ChatId => chatId;
        public long WantedDelivered { get; set; }
        public long WantedRead { get; set; }
        public long SentDelivered { get; set; }
        public long SentRead { get; set; }
        public bool Sending { get; set; }

        public bool IsDone => SentDelivered >= WantedDelivered && SentRead >= WantedRead;
    }
}
