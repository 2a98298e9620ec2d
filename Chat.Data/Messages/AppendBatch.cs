namespace Chat.Data.Messages;

/// <summary>
/// The messages of one transaction: which of them are new, which number each gets. Holds no SQL and no connection,
/// and may be planned again from the start when the transaction is run again.
/// </summary>
internal sealed class AppendBatch
{
    private readonly IReadOnlyList<PendingMessage> _waiting;
    private readonly DateTime _now;
    private readonly List<PendingMessage> _toInsert;
    private readonly Dictionary<MessageKey, PendingMessage> _first;
    private readonly Dictionary<MessageKey, MessageRow> _repeated = [];
    private readonly Dictionary<MessageKey, IReadOnlyList<long>> _repeatReaders = [];
    private readonly Dictionary<(long ChatId, long UserId), BatchSender> _senders = [];
    private readonly Dictionary<long, BatchChat> _chats = [];

    public AppendBatch(IReadOnlyList<PendingMessage> waiting, DateTime now)
    {
        // What is stored has microseconds; the sender is told the same time as everybody who reads it later.
        (_waiting, _now) = (waiting, now.ToStored());
        _toInsert = new List<PendingMessage>(waiting.Count);
        _first = new Dictionary<MessageKey, PendingMessage>(waiting.Count);
        foreach (var pending in waiting)
        {
            var version = pending.Message.Roster.Version;
            if (_chats.TryGetValue(pending.ChatId, out var chat)) chat.Checked(version);
            else _chats.Add(pending.ChatId, chat = new BatchChat(pending.ChatId, version));
            pending.Chat = chat;
        }
        ChatIds = [.. _chats.Keys.Order()];
        Chats = [.. ChatIds.Select(id => _chats[id])];
    }

    public int Count => _waiting.Count;

    /// <summary>Its only message, where that is a plain text that nobody is known to have sent before; null otherwise.</summary>
    public PendingMessage? OnlyPlain => _waiting is [var only] && only.Message.IsPlainText && !LooksForRepeats ? only : null;

    public DateTime Now => _now;

    /// <summary>Ascending: every transaction locks chats in this order.</summary>
    public IReadOnlyList<long> ChatIds { get; }

    /// <summary>In the same order.</summary>
    public IReadOnlyList<BatchChat> Chats { get; }

    /// <summary>Set when a unique key said that a message of this batch is stored already.</summary>
    public bool LooksForRepeats { get; set; }

    /// <summary>
    /// True once the statement with the COMMIT is on its way: from then on a broken connection leaves the outcome open.
    /// An answer of the server does not, with the exceptions that <see cref="DataErrors.IsRefusal"/> knows.
    /// </summary>
    public bool CommitSent { get; set; }

    public IEnumerable<long> ChatsWithNewRoster => _chats.Values.Where(chat => chat.RosterChanged).Select(chat => chat.ChatId);

    public bool HasNewRosters { get; private set; }

    public bool HasSlowChats { get; private set; }

    /// <summary>Set when the senders of some chats must be looked up, under the lock.</summary>
    public bool ChecksSenders => HasNewRosters || HasSlowChats;

    /// <summary>Those whose last message in a chat with slow mode is of this batch.</summary>
    public IReadOnlyList<BatchSender> SlowedSenders => HasSlowChats ? [.. _senders.Values.Where(sender => sender.HasSent)] : [];

    /// <summary>Whether all of <see cref="ToInsert"/> are plain texts that stay.</summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>What is new, in the order of arrival, each with its number.</summary>
    public IReadOnlyList<PendingMessage> ToInsert => _toInsert;

    /// <summary>Chats that get messages, with their new last id.</summary>
    public IEnumerable<(long ChatId, long LastMessageId)> NewHeads =>
        Chats.Where(chat => chat.Added > 0).Select(chat => (chat.ChatId, chat.LastMessageId));

    /// <summary>Of <see cref="NewHeads"/>, those whose new messages are all withheld: they are no activity that anybody but the sender may see.</summary>
    public IReadOnlyList<long> QuietChats => IsPlain ? [] : [.. NewHeads.Select(head => head.ChatId).Where(id => !_chats[id].IsActive)];

    public IEnumerable<MessageKey> Keys => _waiting.Select(pending => pending.Key).Distinct();

    public void Reset()
    {
        CommitSent = false;
        HasNewRosters = HasSlowChats = false;
        IsPlain = true;
        _toInsert.Clear();
        _first.Clear();
        _repeated.Clear();
        _repeatReaders.Clear();
        _senders.Clear();
    }

    public void AddHead(long chatId, long lastMessageId, long rosterVersion, int slowModeSeconds = 0, int disappearSeconds = 0)
    {
        var chat = _chats[chatId];
        chat.Stands(lastMessageId, rosterVersion, TimeSpan.FromSeconds(slowModeSeconds), TimeSpan.FromSeconds(disappearSeconds));
        HasNewRosters |= chat.RosterChanged;
        if (slowModeSeconds == 0) return;
        HasSlowChats = true;
        // A repeat of what is stored must hear so, and not that it comes too soon.
        LooksForRepeats = true;
    }

    /// <summary>The senders whose right to send must be looked up again, under the lock.</summary>
    public IReadOnlyList<(long ChatId, long UserId)> SendersToCheck() =>
        [.. _waiting.Where(p => p.Chat!.ChecksSenders).Select(p => (p.ChatId, p.Message.SenderId)).Distinct()];

    /// <summary>A sender who is in the chat.</summary>
    public void AddSender(BatchSender sender) => _senders.Add((sender.ChatId, sender.UserId), sender);

    /// <param name="readers">Who may see it; null for everybody in the chat.</param>
    public void AddRepeated(MessageRow row, IReadOnlyList<long>? readers = null)
    {
        var key = new MessageKey(row.ChatId, row.SenderId, new Guid(row.ClientMessageId, bigEndian: true));
        _repeated[key] = row;
        if (readers is not null) _repeatReaders[key] = readers;
    }

    /// <summary>Numbers what is new, in the order of arrival, and says of everything else what becomes of it.</summary>
    public void Plan()
    {
        foreach (var pending in _waiting)
        {
            var sender = pending.Chat!.ChecksSenders ? _senders.GetValueOrDefault((pending.ChatId, pending.Message.SenderId)) : null;
            if (sender is null && pending.Chat.ChecksSenders)
            {
                pending.Outcome = new AppendResult(AppendOutcome.NotAParticipant, 0, default);
                continue;
            }
            var key = pending.Key;
            if (_repeated.Count > 0 && _repeated.TryGetValue(key, out var row))
                pending.Outcome = new AppendResult(AppendOutcome.Duplicate, row.MessageId, row.SentAt)
                {
                    Withheld = WithheldMessages.IsMarked(row.Body), ExpiresAt = row.ExpiresAt, Signature = MessageBody.SignatureIn(row.Body),
                };
            else if (!_first.TryAdd(key, pending))
                pending.Outcome = _first[key].Outcome with { Outcome = AppendOutcome.Duplicate };
            else if (RefusalOf(pending, sender) is { } refused)
                (pending.Outcome, _) = (refused, _first.Remove(key));
            else
                Number(pending, sender);
        }
    }

    private AppendResult? RefusalOf(PendingMessage pending, BatchSender? sender) =>
        pending.Chat!.RosterChanged && pending.Message.Roster.IsDirect
            ? new AppendResult(AppendOutcome.RosterChanged, 0, default)
            : sender?.Refuse(pending.Message.Type, pending.Chat.SlowMode, _now);

    /// <summary>For the observer: what was stored now, in order, and what somebody sent again.</summary>
    public List<StoredMessage> StoredMessages()
    {
        var stored = new List<StoredMessage>(_toInsert.Count + _repeated.Count);
        foreach (var pending in _repeated.Count > 0 ? _waiting : [])
        {
            if (!_repeated.TryGetValue(pending.Key, out var row)) continue;
            var readers = _repeatReaders.GetValueOrDefault(pending.Key);
            // Nobody named would be everybody.
            if (readers is { Count: 0 }) continue;
            stored.Add(new StoredMessage(row, pending.Message.Roster, pending.Message.Origin) { People = readers ?? [] });
        }
        foreach (var pending in _toInsert)
            stored.Add(new StoredMessage(RowOf(pending), pending.Message.Roster, pending.Message.Origin));
        return stored;
    }

    /// <summary>Answers the callers.</summary>
    public BatchOutcome Complete()
    {
        Completions.Run(_waiting, static pending => pending.Complete());
        var refused = ChecksSenders ? _waiting.Count(pending => pending.Outcome.IsRefused) : 0;
        return new BatchOutcome(_toInsert.Count, Repeated: _waiting.Count - _toInsert.Count - refused, refused);
    }

    public void Fail(Exception exception) => Completions.Run(_waiting, pending => pending.Fail(exception));

    private void Number(PendingMessage pending, BatchSender? sender)
    {
        sender?.Sent(pending.Chat!.SlowMode, _now);
        var stays = pending.Chat!.DisappearAfter == TimeSpan.Zero;
        pending.Outcome = new AppendResult(AppendOutcome.Stored, pending.Chat.NextMessageId(), _now)
        {
            Withheld = pending.Message.IsWithheld, ExpiresAt = stays ? null : _now + pending.Chat.DisappearAfter, Signature = pending.Message.Signature,
        };
        if (!pending.Message.IsWithheld) pending.Chat.IsActive = true;
        _toInsert.Add(pending);
        IsPlain &= pending.Message.IsPlainText && stays;
    }

    private MessageRow RowOf(PendingMessage pending) => new(
        pending.ChatId, pending.Outcome.MessageId, pending.Message.ShownSenderId, pending.Message.ClientMessageId.ToByteArray(bigEndian: true),
        pending.Message.Type, pending.Message.Text, pending.Message.Body, _now, ExpiresAt: pending.Outcome.ExpiresAt)
    {
        // Who joined since it was looked up may not see it.
        Quoted = pending.Chat!.RosterChanged ? null : pending.Message.Quoted,
    };
}

/// <summary>How many messages of a batch ended how.</summary>
internal readonly record struct BatchOutcome(int Stored, int Repeated, int Refused);
