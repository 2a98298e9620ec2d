namespace Chat.Data.Messages;

/// <summary>
/// What waits in a lane and what is under way in it; says which work may go now. Work of one chat goes in the order in which it came,
/// never two of it at once. Holds no SQL, no connection and no lock: its lane sees to that.
/// </summary>
internal sealed class LaneQueue(AppenderLimits limits)
{
    /// <summary>With this many under way whoever comes waits for their end, since a batch costs less than several transactions.</summary>
    public const int Few = 8;

    /// <summary>What waited for its chat, which is free again: it goes before all that arrived since.</summary>
    private readonly Queue<PendingWork> _released = [];
    private readonly Queue<PendingWork> _arrived = [];
    private readonly Dictionary<long, ChatUnderWay> _chats = [];
    private int _turns;
    private int _underWay;

    /// <summary>How many the transaction held that ended last: where that was many, more will come, and are better stored together.</summary>
    private int _ended;

    /// <summary>Also what waits for its chat.</summary>
    public int Waiting { get; private set; }

    public bool IsEmpty => Waiting == 0 && _turns == 0;

    /// <summary>Whether it is worth a look at what waits.</summary>
    public bool MayTake => HasWork && (_turns == 0 || (HasRoom && _ended < Few));

    /// <summary>Whether what waits could go, but for more that is expected to come. Not to be left so for long: <see cref="StopGathering"/>.</summary>
    public bool IsGathering => HasWork && _turns > 0 && HasRoom && _ended >= Few;

    private bool HasWork => _released.Count + _arrived.Count > 0;

    /// <summary>Whether another transaction may go beside those under way.</summary>
    private bool HasRoom => _turns < limits.Transactions && _underWay < Few;

    public bool TryAdd(PendingWork work)
    {
        if (Waiting == limits.MaxWaiting) return false;
        _arrived.Enqueue(work);
        Waiting++;
        return true;
    }

    /// <returns>The next transaction; null when nothing may go now.</returns>
    public LaneTurn? Take()
    {
        if (!MayTake) return null;
        var turn = new LaneTurn();
        while ((_released.Count > 0 ? _released : _arrived) is var queue && queue.TryPeek(out var work))
        {
            if (_chats.TryGetValue(work.ChatId, out var chat) && chat.Turn != turn)
                chat.Waiting.Enqueue(work);
            else if (!turn.TryAdd(work, limits))
                break;
            else if (chat is null)
                _chats.Add(work.ChatId, new ChatUnderWay(turn));
            queue.Dequeue();
        }
        if (turn.Count == 0) return null;
        Waiting -= turn.Count;
        _underWay += turn.Count;
        _turns++;
        return turn;
    }

    /// <summary>Few have come in all that time: they are not to wait for those under way.</summary>
    public void StopGathering() => _ended = 0;

    /// <summary>The turn has ended: its chats are free.</summary>
    public void Done(LaneTurn turn)
    {
        _turns--;
        _underWay -= turn.Count;
        _ended = turn.Count;
        foreach (var chatId in turn.ChatIds)
            if (_chats.Remove(chatId, out var chat) && chat.HasWaiting)
                foreach (var work in chat.Waiting) _released.Enqueue(work);
    }

    private sealed class ChatUnderWay(LaneTurn turn)
    {
        private Queue<PendingWork>? _waiting;

        public LaneTurn Turn => turn;

        public Queue<PendingWork> Waiting => _waiting ??= [];

        public bool HasWaiting => _waiting is not null;
    }
}

/// <summary>One transaction of a lane: messages, or one change.</summary>
internal sealed class LaneTurn
{
    private readonly List<PendingMessage> _messages = [];
    private int _size;

    public IReadOnlyList<PendingMessage> Messages => _messages;

    public PendingChange? Change { get; private set; }

    public int Count => Change is null ? _messages.Count : 1;

    /// <summary>A chat as often as there is something of it.</summary>
    public IEnumerable<long> ChatIds => Change is { } change ? [change.ChatId] : _messages.Select(message => message.ChatId);

    /// <returns>False when it does not fit in.</returns>
    public bool TryAdd(PendingWork work, AppenderLimits limits)
    {
        if (Change is not null) return false;
        if (work is not PendingMessage message)
        {
            if (_messages.Count > 0) return false;
            Change = (PendingChange)work;
            return true;
        }
        if (_messages.Count == limits.MaxBatch || (_messages.Count > 0 && _size + message.Message.Size > limits.MaxBatchBytes)) return false;
        _size += message.Message.Size;
        _messages.Add(message);
        return true;
    }
}
