namespace Chat.Data.Receipts;

/// <summary>
/// The marks of one transaction, merged per participant. Holds the rule that watermarks only move forward, and no SQL.
/// </summary>
internal sealed class ReceiptBatch(IEnumerable<Mark> marks)
{
    private readonly List<Mark> _marks = [.. marks];
    private readonly Dictionary<long, long> _lastMessageIds = [];
    private readonly HashSet<long> _channels = [];
    private readonly Dictionary<(long ChatId, long UserId), Position> _positions = [];
    private readonly List<AdvancedReceipt> _advanced = [];
    private readonly List<StatusStep> _steps = [];
    private readonly List<ViewedMessages> _viewed = [];

    /// <summary>Ascending, as locks are taken in this order.</summary>
    public IReadOnlyList<(long ChatId, long UserId)> Participants { get; } =
        [.. marks.Select(m => (m.ChatId, m.UserId)).Distinct().OrderBy(p => p)];

    /// <summary>Participants whose watermarks moved, with where they are now.</summary>
    public IReadOnlyList<AdvancedReceipt> Advanced => _advanced;

    /// <summary>The rows of <c>message_status</c> that record it: none for channels, where nobody may ask.</summary>
    public IReadOnlyList<StatusStep> Steps => _steps;

    /// <summary>What readers of channels have now seen.</summary>
    public IReadOnlyList<ViewedMessages> Viewed => _viewed;

    public void Reset()
    {
        _lastMessageIds.Clear();
        _positions.Clear();
        _advanced.Clear();
        _steps.Clear();
        _viewed.Clear();
        _channels.Clear();
    }

    public void AddChat(long chatId, long lastMessageId, bool isChannel = false)
    {
        _lastMessageIds[chatId] = lastMessageId;
        if (isChannel) _channels.Add(chatId);
    }

    public void AddParticipant(long chatId, long userId, long deliveredUpTo, long readUpTo) =>
        _positions[(chatId, userId)] = new Position(deliveredUpTo, readUpTo, WasRead: readUpTo, Moved: false);

    public void Plan()
    {
        foreach (var mark in _marks)
        {
            var key = (mark.ChatId, mark.UserId);
            if (!_positions.TryGetValue(key, out var position) || mark.UpTo > _lastMessageIds[mark.ChatId]) continue;
            _positions[key] = position.After(mark);
        }
        foreach (var ((chatId, userId), position) in _positions)
        {
            if (!position.Moved) continue;
            _advanced.Add(new AdvancedReceipt(chatId, userId, position.DeliveredUpTo, position.ReadUpTo, position.Origin));
            if (_channels.Contains(chatId))
            {
                if (position.ReadMoved) _viewed.Add(new ViewedMessages(chatId, position.WasRead + 1, position.ReadUpTo));
                continue;
            }
            if (position.DeliveredMoved) _steps.Add(new StatusStep(chatId, userId, "delivered", position.DeliveredUpTo));
            if (position.ReadMoved) _steps.Add(new StatusStep(chatId, userId, "read", position.ReadUpTo));
        }
    }

    public MarkedPosition ResultOf(Mark mark)
    {
        if (!_positions.TryGetValue((mark.ChatId, mark.UserId), out var position))
            return new MarkedPosition(MarkOutcome.NotAParticipant, 0, 0);
        var outcome = mark.UpTo > _lastMessageIds[mark.ChatId] ? MarkOutcome.BeyondLastMessage
            : position.Moved ? MarkOutcome.Advanced
            : MarkOutcome.Unchanged;
        return new MarkedPosition(outcome, position.DeliveredUpTo, position.ReadUpTo);
    }

    private readonly record struct Position(
        long DeliveredUpTo, long ReadUpTo, long WasRead, bool Moved, bool DeliveredMoved = false, bool ReadMoved = false, string? Origin = null)
    {
        public Position After(Mark mark)
        {
            var delivered = mark.UpTo > DeliveredUpTo;
            var read = mark.Read && mark.UpTo > ReadUpTo;
            return new Position(
                delivered ? mark.UpTo : DeliveredUpTo,
                read ? mark.UpTo : ReadUpTo,
                WasRead,
                Moved || delivered || read,
                DeliveredMoved || delivered,
                ReadMoved || read,
                Moved && Origin != mark.Origin ? null : mark.Origin);
        }
    }
}

/// <summary>A row of <c>message_status</c>: this participant has everything up to this message in this status.</summary>
internal readonly record struct StatusStep(long ChatId, long UserId, string Status, long MessageId);
