namespace Chat.Data.Messages;

/// <summary>
/// The messages of one transaction: which of them are new, which number each gets. Holds no SQL and no connection,
/// and may be planned again from the start when the transaction is run again.
/// </summary>
internal sealed class AppendBatch
{
    /// <summary>No version of a roster: the messages of one chat were checked against different ones.</summary>
    private const long MixedVersions = -1;

    private readonly IReadOnlyList<PendingMessage> _waiting;
    private readonly DateTime _now;
    private readonly List<PlannedMessage> _toInsert = [];
    private readonly Dictionary<MessageKey, MessageRow> _repeated = [];
    private readonly Dictionary<MessageKey, PlannedMessage> _planned = [];
    private readonly HashSet<(long ChatId, long UserId)> _refused = [];
    private readonly SortedDictionary<long, ChatHead> _heads = [];

    public AppendBatch(IReadOnlyList<PendingMessage> waiting, DateTime now)
    {
        // What is stored has microseconds; the sender is told the same time as everybody who reads it later.
        (_waiting, _now) = (waiting, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)));
        foreach (var pending in waiting)
        {
            var version = pending.Message.Roster.Version;
            if (!_heads.TryAdd(pending.ChatId, new ChatHead(0, 0, version)) && _heads[pending.ChatId].CheckedVersion != version)
                _heads[pending.ChatId] = new ChatHead(0, 0, MixedVersions);
        }
        ChatIds = [.. _heads.Keys];
    }

    public int Count => _waiting.Count;

    public DateTime Now => _now;

    /// <summary>Ascending: every transaction locks chats in this order.</summary>
    public IReadOnlyList<long> ChatIds { get; }

    /// <summary>Set when a unique key said that a message of this batch is stored already.</summary>
    public bool LooksForRepeats { get; set; }

    /// <summary>True once the statement with the COMMIT is on its way: from then on a broken connection leaves the outcome open.</summary>
    public bool CommitSent { get; set; }

    public IEnumerable<long> ChatsWithNewRoster => _heads.Where(h => h.Value.RosterChanged).Select(h => h.Key);

    public bool HasNewRosters => _heads.Values.Any(h => h.RosterChanged);

    public IReadOnlyList<PlannedMessage> ToInsert => _toInsert;

    /// <summary>Chats that get messages, with their new last id.</summary>
    public IEnumerable<(long ChatId, long LastMessageId)> NewHeads =>
        _heads.Where(h => h.Value.Added > 0).Select(h => (h.Key, h.Value.LastMessageId));

    public IEnumerable<MessageKey> Keys => _waiting.Select(KeyOf).Distinct();

    public void Reset()
    {
        CommitSent = false;
        _toInsert.Clear();
        _planned.Clear();
        _repeated.Clear();
        _refused.Clear();
    }

    public void AddHead(long chatId, long lastMessageId, long rosterVersion)
    {
        var head = _heads[chatId];
        _heads[chatId] = head with { LastMessageId = lastMessageId, Added = 0, RosterChanged = head.CheckedVersion != rosterVersion };
    }

    /// <summary>The senders whose right to send must be looked up again, under the lock.</summary>
    public IReadOnlyList<(long ChatId, long UserId)> SendersToCheck() =>
        [.. _waiting.Where(p => _heads[p.ChatId].RosterChanged).Select(p => (p.ChatId, p.Message.SenderId)).Distinct()];

    public void Refuse(long chatId, long userId) => _refused.Add((chatId, userId));

    public void AddRepeated(MessageRow row) =>
        _repeated[new MessageKey(row.ChatId, row.SenderId, new Guid(row.ClientMessageId, bigEndian: true))] = row;

    /// <summary>Numbers what is new, in the order of arrival.</summary>
    public void Plan()
    {
        foreach (var pending in _waiting)
        {
            var key = KeyOf(pending);
            if (IsRefused(pending) || _repeated.ContainsKey(key) || _planned.ContainsKey(key)) continue;

            var head = _heads[pending.ChatId];
            head = head with { LastMessageId = head.LastMessageId + 1, Added = head.Added + 1 };
            _heads[pending.ChatId] = head;

            var planned = new PlannedMessage(pending.Message, head.LastMessageId);
            _planned.Add(key, planned);
            _toInsert.Add(planned);
        }
    }

    /// <summary>For the observer: what was stored now, in order, and what somebody sent again.</summary>
    public List<StoredMessage> StoredMessages()
    {
        var stored = new List<StoredMessage>(_toInsert.Count + _repeated.Count);
        foreach (var pending in _repeated.Count > 0 ? _waiting : [])
        {
            if (_repeated.TryGetValue(KeyOf(pending), out var row))
                stored.Add(new StoredMessage(row, pending.Message.Roster, pending.Message.Origin));
        }
        foreach (var (message, messageId) in _toInsert)
            stored.Add(new StoredMessage(RowOf(message, messageId), message.Roster, message.Origin));
        return stored;
    }

    /// <summary>Answers the callers.</summary>
    public BatchOutcome Complete()
    {
        int stored = 0, repeated = 0;
        foreach (var pending in _waiting)
        {
            var result = ResultOf(pending);
            if (result.Outcome is AppendOutcome.Stored) stored++;
            else if (result.Outcome is AppendOutcome.Duplicate) repeated++;
            pending.Complete(result);
        }
        return new BatchOutcome(stored, repeated, Refused: _waiting.Count - stored - repeated);
    }

    public void Fail(Exception exception)
    {
        foreach (var pending in _waiting) pending.Fail(exception);
    }

    private AppendResult ResultOf(PendingMessage pending)
    {
        if (IsRefused(pending)) return new AppendResult(AppendOutcome.NotAParticipant, 0, default);
        var key = KeyOf(pending);
        if (_repeated.TryGetValue(key, out var row)) return new AppendResult(AppendOutcome.Duplicate, row.MessageId, row.SentAt);
        var planned = _planned[key];
        var outcome = ReferenceEquals(planned.Message, pending.Message) ? AppendOutcome.Stored : AppendOutcome.Duplicate;
        return new AppendResult(outcome, planned.MessageId, _now);
    }

    private bool IsRefused(PendingMessage pending) =>
        _refused.Count > 0 && _refused.Contains((pending.ChatId, pending.Message.SenderId));

    private MessageRow RowOf(NewMessage message, long messageId) => new(
        message.Roster.ChatId, messageId, message.SenderId, message.ClientMessageId.ToByteArray(bigEndian: true),
        "text", message.Text, Body: null, _now);

    private static MessageKey KeyOf(PendingMessage pending) =>
        new(pending.ChatId, pending.Message.SenderId, pending.Message.ClientMessageId);

    /// <param name="CheckedVersion">The roster version that the senders were checked against.</param>
    private readonly record struct ChatHead(long LastMessageId, int Added, long CheckedVersion, bool RosterChanged = false);
}

/// <summary>How many messages of a batch ended how.</summary>
internal readonly record struct BatchOutcome(int Stored, int Repeated, int Refused);

internal readonly record struct MessageKey(long ChatId, long SenderId, Guid ClientMessageId);

internal sealed record PlannedMessage(NewMessage Message, long MessageId);
