using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Bench.Measuring;

namespace Chat.Bench.Workloads.Pairs;

/// <summary>
/// One user of the run: sends as long as fewer than the window's sends wait, or when told to, and takes what the partner sends.
/// What comes is handled on the connection's receive loop, so only what the partner looks up is shared.
/// </summary>
internal sealed class PairsClient(BenchUser user, BenchUser partner, long chatId, int index, PairsOptions options, RunPhase phase) : IHubReceiver
{
    /// <summary>Different texts of words, one after the other.</summary>
    private const int TextsOfWords = 64;

    private readonly SendMessageFrame[] _frames = [.. TextsOf(options, index).Select(text => new SendMessageFrame(chatId, text))];
    private readonly SendLog _log = new();
    private readonly List<SeenMessage> _received = [];
    private readonly PairsReceipts? _receipts = options.Receipts ? new(chatId, user.UserId, partner.UserId) : null;
    private RawHubConnection? _connection;
    private PairsClient? _partner;

    public LatencyHistogram SendToAck { get; } = new();

    public LatencyHistogram SendToReceive { get; } = new();

    public LatencyHistogram SendToRead { get; } = new();

    /// <summary>In the measured time: messages of which this client saw the last part, see <see cref="PairsOptions.PartsOfAMessage"/>.</summary>
    public long Completed { get; private set; }

    public int Sent => _log.Count;

    /// <summary>Since the start: results and pushes that came.</summary>
    public int ResultsSeen { get; private set; }

    public int PushesSeen => _received.Count;

    /// <summary>Since the start: own messages that the partner was said to have read.</summary>
    public int ReadsSeen { get; private set; }

    public async Task ConnectAsync(PairsClient other, CancellationToken cancellationToken)
    {
        _partner = other;
        _connection = await RawHubConnection.ConnectSubscribedAsync(user, this, cancellationToken);
    }

    /// <summary>Fills the window.</summary>
    public void Start()
    {
        for (var i = 0; i < options.Window; i++) Send(Stopwatch.GetTimestamp());
        _connection!.Flush();
    }

    /// <summary>Sends one message now. By one thread at a time, and only where no window sends by itself.</summary>
    /// <param name="due">The timestamp at which it should have been sent: latencies count from there.</param>
    public void SendPaced(long due)
    {
        Send(due);
        _connection!.Flush();
    }

    public void Received(RawHubConnection connection, in HubRecord record)
    {
        var now = Stopwatch.GetTimestamp();
        if (record.Type is HubRecordTypes.Completion)
            ResultCame(record, now);
        else if (record.Target.SequenceEqual("MessagePosted"u8))
            PushCame(MessageKeyReader.ReadMessage(record.Payload), now);
        else if (record.Target.SequenceEqual("ReceiptsAdvanced"u8) && _receipts is { } receipts)
        {
            receipts.Advanced(record.Payload);
            TakeReads(receipts, now);
        }
    }

    public void BatchReceived(RawHubConnection connection) => _receipts?.Mark(connection);

    public void Closed(RawHubConnection connection, string? reason)
    {
        if (reason is not null) phase.Fail($"A connection ended: {reason}");
    }

    public ValueTask CloseAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>What the checker wants to know.</summary>
    public ClientRecord ToRecord() => new(
        $"user {user.UserId}",
        user.UserId,
        _log.ToSentMessages(chatId, index),
        [new ClientView(chatId, MergeView())],
        Marks: _receipts?.Marks ?? [],
        Contradictions: _receipts?.Contradictions ?? [],
        Compared: _receipts is null ? new Dictionary<string, long>() : new() { [CheckRules.MarksForward] = _receipts.Answers });

    private void Send(long due)
    {
        var number = _log.Add(due);
        _connection!.Write(_frames[number % _frames.Length].For(number, SendLog.IdOf(index, number)));
    }

    private static IEnumerable<string> TextsOf(PairsOptions options, int index)
    {
        if (options.Words == 0) return [Texts.OfCharacters(options.TextLength)];
        var random = new Random(index);
        return Enumerable.Range(0, TextsOfWords).Select(_ => Texts.OfWords(options.Words, random));
    }

    private void ResultCame(in HubRecord record, long now)
    {
        if (record.HasError)
        {
            phase.Fail($"A call failed: {record.Error}");
            return;
        }
        if (_receipts is { } receipts && receipts.TryAnswered(record)) return;
        if (!SendMessageFrame.TryReadNumber(record.InvocationId, out var number)) return;
        _log.Acknowledge(number, MessageKeyReader.ReadMessageId(record.Payload));
        ResultsSeen++;
        Happened(_log, number, SendToAck, now);
        if (_receipts is not null) TakeReads(_receipts, now);
        if (phase.IsSending && options.Rate is null) Send(now);
    }

    private void PushCame(MessageKeyView message, long now)
    {
        _received.Add(new SeenMessage(message.MessageId, message.SenderId, message.ClientMessageId));
        _receipts?.MessageCame(message.MessageId);
        if (message.SenderId == partner.UserId)
            Happened(_partner!._log, SendLog.NumberOf(message.ClientMessageId), SendToReceive, now);
    }

    /// <summary>Own messages at or below the partner's read mark. Results may come after the mark, and out of order.</summary>
    private void TakeReads(PairsReceipts receipts, long now)
    {
        while (ReadsSeen < _log.Count && _log.AcknowledgedId(ReadsSeen + 1) is > 0 and var id && id <= receipts.PartnerReadUpTo)
            Happened(_log, ++ReadsSeen, SendToRead, now);
    }

    private void Happened(SendLog log, int number, LatencyHistogram latencies, long now)
    {
        var parts = log.Happened(number);
        if (!phase.IsMeasuring) return;
        latencies.Record(log.SentAt(number), now);
        if (parts == options.PartsOfAMessage) Completed++;
    }

    /// <summary>What was received, and what was sent and acknowledged, in the order of ids.</summary>
    private List<SeenMessage> MergeView()
    {
        var view = new List<SeenMessage>(_received);
        for (var number = 1; number <= _log.Count; number++)
            if (_log.AcknowledgedId(number) is > 0 and var id)
                view.Add(new SeenMessage(id, user.UserId, SendLog.IdOf(index, number)));
        view.Sort((a, b) => a.MessageId.CompareTo(b.MessageId));
        return view;
    }
}
