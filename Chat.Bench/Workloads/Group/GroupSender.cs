using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Bench.Measuring;

namespace Chat.Bench.Workloads.Group;

/// <summary>The member that sends.</summary>
internal sealed class GroupSender(BenchUser user, GroupFlight flight, RunPhase phase) : IHubReceiver
{
    private RawHubConnection? _connection;

    public LatencyHistogram SendToAck { get; } = new();

    public async Task ConnectAsync(CancellationToken cancellationToken) =>
        _connection = await RawHubConnection.ConnectSubscribedAsync(user, this, cancellationToken);

    public void Start() => flight.Start(_connection!);

    public void Received(RawHubConnection connection, in HubRecord record)
    {
        if (record.Type is not HubRecordTypes.Completion) return;
        if (record.HasError)
        {
            phase.Fail($"A send failed: {record.Error}");
            return;
        }
        if (!SendMessageFrame.TryReadNumber(record.InvocationId, out var number)) return;
        flight.Log.Acknowledge(number, MessageKeyReader.ReadMessageId(record.Payload));
        if (phase.IsMeasuring) SendToAck.Record(flight.Log.SentAt(number), Stopwatch.GetTimestamp());
        flight.Happened(number);
    }

    public void Closed(RawHubConnection connection, string? reason)
    {
        if (reason is not null) phase.Fail($"The sender's connection ended: {reason}");
    }

    public ValueTask CloseAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <param name="before">What the group held before the run.</param>
    public ClientRecord ToRecord(IReadOnlyList<SeenMessage> before)
    {
        var view = new List<SeenMessage>(before);
        for (var number = 1; number <= flight.Log.Count; number++)
            view.Add(new SeenMessage(flight.Log.AcknowledgedId(number), user.UserId, SendLog.IdOf(client: 0, number)));
        return new ClientRecord(
            "the sender", user.UserId, flight.Log.ToSentMessages(flight.ChatId, client: 0), [new ClientView(flight.ChatId, view)],
            Marks: [], Contradictions: [], Compared: new Dictionary<string, long>());
    }
}
