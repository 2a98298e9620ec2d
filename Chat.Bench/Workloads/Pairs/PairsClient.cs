using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Bench.Measuring;

namespace Chat.Bench.Workloads.Pairs;

/// <summary>
/// One user of the run: sends as long as fewer than the window's sends wait, and takes what the partner sends. Everything
/// happens on the connection's receive loop, so only what the partner looks up is shared.
/// </summary>
internal sealed class PairsClient(BenchUser user, long chatId, int index, PairsOptions options, PairsPhase phase) : IHubReceiver
{
    private readonly SendMessageFrame _frame = new(chatId, new string('x', options.TextLength));
    private readonly SendLog _log = new();
    private readonly List<SeenMessage> _received = [];
    private RawHubConnection? _connection;
    private PairsClient? _partner;

    public BenchUser User => user;

    public LatencyHistogram SendToAck { get; } = new();

    public LatencyHistogram SendToReceive { get; } = new();

    /// <summary>In the measured time: acknowledged to this user.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>In the measured time: the second of acknowledgement and receipt came.</summary>
    public long Completed { get; private set; }

    public int Sent => _log.Count;

    /// <summary>Since the start: results and pushes that came.</summary>
    public int ResultsSeen { get; private set; }

    public int PushesSeen => _received.Count;

    public async Task ConnectAsync(PairsClient partner, CancellationToken cancellationToken)
    {
        _partner = partner;
        _connection = await RawHubConnection.ConnectAsync(user.Hub, user.AccessToken, this, cancellationToken);
    }

    public void Start()
    {
        for (var i = 0; i < options.Window; i++) SendNext();
        _connection!.Flush();
    }

    public void Received(RawHubConnection connection, in HubRecord record)
    {
        var now = Stopwatch.GetTimestamp();
        if (record.Type is HubRecordTypes.Completion)
            ResultCame(record, now);
        else if (record.Target.SequenceEqual("MessagePosted"u8))
            PushCame(MessageKeyReader.ReadMessage(record.Payload), now);
    }

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
        Marks: [],
        Contradictions: [],
        Compared: new Dictionary<string, long>());

    private void SendNext()
    {
        var number = _log.Add();
        _connection!.Write(_frame.For(number, SendLog.IdOf(index, number)));
    }

    private void ResultCame(in HubRecord record, long now)
    {
        if (record.HasError)
        {
            phase.Fail($"A send failed: {record.Error}");
            return;
        }
        if (!SendMessageFrame.TryReadNumber(record.InvocationId, out var number)) return;
        _log.Acknowledge(number, MessageKeyReader.ReadMessageId(record.Payload));
        ResultsSeen++;
        if (phase.IsMeasuring)
        {
            SendToAck.Record(_log.SentAt(number), now);
            Acknowledged++;
            if (_log.IsSecondHalf(number)) Completed++;
        }
        else
        {
            _log.IsSecondHalf(number);
        }
        if (phase.IsSending) SendNext();
    }

    private void PushCame(MessageKeyView message, long now)
    {
        _received.Add(new SeenMessage(message.MessageId, message.SenderId, message.ClientMessageId));
        if (message.SenderId != _partner!.User.UserId) return;
        var number = SendLog.NumberOf(message.ClientMessageId);
        var second = _partner._log.IsSecondHalf(number);
        if (!phase.IsMeasuring) return;
        SendToReceive.Record(_partner._log.SentAt(number), now);
        if (second) Completed++;
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
