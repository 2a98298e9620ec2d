using Chat.Bench.Checker;
using Chat.Bench.Client;

namespace Chat.Bench.Workloads.Pairs;

/// <summary>
/// The receipts of one user: marks what came as delivered and read, once for everything that came in one read of the socket, and
/// is told how far the partner is. Lives on the connection's receive loop.
/// </summary>
internal sealed class PairsReceipts(long chatId, long userId, long partnerId)
{
    private readonly MarkFrame _markDelivered = MarkFrame.Delivered(chatId);
    private readonly MarkFrame _markRead = MarkFrame.Read(chatId);
    private readonly List<Contradiction> _contradictions = [];
    private long _received;
    private long _marked;
    private long _answers;
    private MarksView _own;
    private MarksView _partner;

    /// <summary>The partner has seen everything up to here.</summary>
    public long PartnerReadUpTo => _partner.ReadUpTo;

    public IReadOnlyList<SeenMarks> Marks =>
    [
        new(chatId, userId, _own.DeliveredUpTo, _own.ReadUpTo),
        new(chatId, partnerId, _partner.DeliveredUpTo, _partner.ReadUpTo),
    ];

    public IReadOnlyList<Contradiction> Contradictions => _contradictions;

    /// <summary>Answers that were held against what was asked.</summary>
    public long Answers => _answers;

    public void MessageCame(long messageId) => _received = Math.Max(_received, messageId);

    /// <summary>Marks what is new. As a client would: both calls, without waiting for the first.</summary>
    public void Mark(RawHubConnection connection)
    {
        if (_received == _marked) return;
        _marked = _received;
        connection.Write(_markDelivered.For(_marked));
        connection.Write(_markRead.For(_marked));
    }

    /// <returns>False when it answers another call.</returns>
    public bool TryAnswered(in HubRecord record)
    {
        var isRead = _markRead.TryReadUpTo(record.InvocationId, out var upTo);
        if (!isRead && !_markDelivered.TryReadUpTo(record.InvocationId, out upTo)) return false;
        var marks = MessageKeyReader.ReadMarks(record.Payload);
        _answers++;
        _own = Max(_own, marks);
        if ((isRead ? marks.ReadUpTo : marks.DeliveredUpTo) < upTo)
            _contradictions.Add(new Contradiction(
                CheckRules.MarksForward,
                $"chat {chatId}: marked {(isRead ? "read" : "delivered")} up to {upTo} and was answered {marks.DeliveredUpTo}, {marks.ReadUpTo}"));
        return true;
    }

    /// <summary>Somebody's marks moved; one's own are pushed, too, for one's other devices.</summary>
    public void Advanced(ReadOnlySpan<byte> payload) => _partner = Max(_partner, MessageKeyReader.ReadMarksOf(payload, partnerId));

    private static MarksView Max(MarksView one, MarksView other) => new(
        one.UserId, Math.Max(one.DeliveredUpTo, other.DeliveredUpTo), Math.Max(one.ReadUpTo, other.ReadUpTo));
}
