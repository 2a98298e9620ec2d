using System.Diagnostics;
using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Bench.Measuring;

namespace Chat.Bench.Workloads.Group;

/// <summary>
/// A member that receives. It must get what the sender sent, all of it, in that order: as long as it does, a number holds its whole
/// view of the group, and hundreds of members cost no memory per message.
/// </summary>
internal sealed class GroupMember(BenchUser user, long senderId, GroupFlight flight, RunPhase phase) : IHubReceiver
{
    private readonly List<Contradiction> _contradictions = [];
    private RawHubConnection? _connection;
    private long _lastId;

    /// <summary>The number of the last message that came in order, as its sender counts.</summary>
    public int InOrder { get; private set; }

    /// <summary>In the measured time.</summary>
    public long Delivered { get; private set; }

    public LatencyHistogram SendToReceive { get; } = new();

    public async Task ConnectAsync(CancellationToken cancellationToken) =>
        _connection = await RawHubConnection.ConnectSubscribedAsync(user, this, cancellationToken);

    public void Received(RawHubConnection connection, in HubRecord record)
    {
        if (!record.Target.SequenceEqual("MessagePosted"u8)) return;
        var message = MessageKeyReader.ReadMessage(record.Payload);
        var number = SendLog.NumberOf(message.ClientMessageId);
        if (message.SenderId == senderId && number == InOrder + 1 && (_lastId == 0 || message.MessageId == _lastId + 1))
            InOrder = number;
        else
            _contradictions.Add(new Contradiction(
                CheckRules.PushedInOrder, $"message {message.MessageId}, the sender's {number}, was pushed after {_lastId}, the sender's {InOrder}"));
        _lastId = message.MessageId;
        if (phase.IsMeasuring)
        {
            SendToReceive.Record(flight.Log.SentAt(number), Stopwatch.GetTimestamp());
            Delivered++;
        }
        flight.Happened(number);
    }

    public void Closed(RawHubConnection connection, string? reason)
    {
        if (reason is not null) phase.Fail($"A member's connection ended: {reason}");
    }

    public ValueTask CloseAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <param name="all">What the sender's view is; this member's is the same as far as it came.</param>
    public ClientRecord ToRecord(ClientView all, int before) => new(
        $"user {user.UserId}", user.UserId, Sent: [],
        [InOrder + before == all.Messages.Count ? all : new ClientView(all.ChatId, [.. all.Messages.Take(InOrder + before)])],
        Marks: [], _contradictions, new Dictionary<string, long> { [CheckRules.PushedInOrder] = InOrder });
}
