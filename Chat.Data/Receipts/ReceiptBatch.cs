namespace Chat.Data.Receipts;

/// <summary>
/// The marks of one transaction, merged per participant. Holds the rule that watermarks only move forward, and no SQL.
/// </summary>
internal sealed class ReceiptBatch
{
    private readonly IReadOnlyList<Mark> _marks;
    private readonly Participant[] _participants;
    private readonly Dictionary<(long ChatId, long UserId), Participant> _byKey;
    private readonly Dictionary<long, MarkedChat> _chats = [];
    private readonly List<AdvancedReceipt> _advanced = [];
    private readonly List<StatusStep> _steps = [];
    private readonly List<ViewedMessages> _viewed = [];

    public ReceiptBatch(IReadOnlyList<Mark> marks)
    {
        _marks = marks;
        _byKey = new Dictionary<(long, long), Participant>(marks.Count);
        foreach (var mark in marks)
            if (!_byKey.ContainsKey((mark.ChatId, mark.UserId))) _byKey.Add((mark.ChatId, mark.UserId), new Participant(mark.ChatId, mark.UserId));
        _participants = [.. _byKey.Values];
        Array.Sort(_participants);
    }

    /// <summary>Ascending, as locks are taken in this order.</summary>
    public IReadOnlyList<Participant> Participants => _participants;

    /// <summary>Ascending.</summary>
    public IEnumerable<long> ChatIds => _participants.Select(participant => participant.ChatId).Distinct();

    /// <summary>Participants whose watermarks moved, with where they are now.</summary>
    public IReadOnlyList<AdvancedReceipt> Advanced => _advanced;

    /// <summary>The rows of <c>message_status</c> that record it: none for channels, where nobody may ask.</summary>
    public IReadOnlyList<StatusStep> Steps => _steps;

    /// <summary>What readers of channels have now seen.</summary>
    public IReadOnlyList<ViewedMessages> Viewed => _viewed;

    public void Reset()
    {
        _chats.Clear();
        _advanced.Clear();
        _steps.Clear();
        _viewed.Clear();
        foreach (var participant in _participants) participant.Reset();
    }

    public void AddChat(long chatId, long lastMessageId, bool isChannel = false) => _chats[chatId] = new MarkedChat(lastMessageId, isChannel);

    public void AddParticipant(long chatId, long userId, long deliveredUpTo, long readUpTo) =>
        _byKey[(chatId, userId)].Stands(deliveredUpTo, readUpTo);

    public void Plan()
    {
        foreach (var mark in _marks)
        {
            var participant = _byKey[(mark.ChatId, mark.UserId)];
            if (participant.IsIn && mark.UpTo <= _chats[mark.ChatId].LastMessageId) participant.Move(mark);
        }
        foreach (var moved in _participants)
        {
            if (!moved.HasMoved) continue;
            _advanced.Add(new AdvancedReceipt(moved.ChatId, moved.UserId, moved.DeliveredUpTo, moved.ReadUpTo, moved.Origin));
            if (_chats[moved.ChatId].IsChannel)
            {
                if (moved.ReadMoved) _viewed.Add(new ViewedMessages(moved.ChatId, moved.WasRead + 1, moved.ReadUpTo));
                continue;
            }
            if (moved.DeliveredMoved) _steps.Add(new StatusStep(moved.ChatId, moved.UserId, "delivered", moved.DeliveredUpTo));
            if (moved.ReadMoved) _steps.Add(new StatusStep(moved.ChatId, moved.UserId, "read", moved.ReadUpTo));
        }
    }

    public MarkedPosition ResultOf(Mark mark)
    {
        var participant = _byKey[(mark.ChatId, mark.UserId)];
        if (!participant.IsIn) return new MarkedPosition(MarkOutcome.NotAParticipant, 0, 0);
        var outcome = mark.UpTo > _chats[mark.ChatId].LastMessageId ? MarkOutcome.BeyondLastMessage
            : participant.HasMoved ? MarkOutcome.Advanced
            : MarkOutcome.Unchanged;
        return new MarkedPosition(outcome, participant.DeliveredUpTo, participant.ReadUpTo);
    }

    private readonly record struct MarkedChat(long LastMessageId, bool IsChannel);

    /// <summary>Somebody who marked: where the watermarks stand, and whether this batch moves them.</summary>
    public sealed class Participant(long chatId, long userId) : IComparable<Participant>
    {
        public long ChatId { get; } = chatId;

        public long UserId { get; } = userId;

        /// <summary>Not so until a row says it.</summary>
        public bool IsIn { get; private set; }

        public long DeliveredUpTo { get; private set; }

        public long ReadUpTo { get; private set; }

        public long WasRead { get; private set; }

        public bool DeliveredMoved { get; private set; }

        public bool ReadMoved { get; private set; }

        public bool HasMoved { get; private set; }

        /// <summary>Where all marks came from, if that is one place.</summary>
        public string? Origin { get; private set; }

        public void Reset()
        {
            (IsIn, HasMoved, DeliveredMoved, ReadMoved) = (false, false, false, false);
            (DeliveredUpTo, ReadUpTo, WasRead, Origin) = (0, 0, 0, null);
        }

        public void Stands(long deliveredUpTo, long readUpTo) => (IsIn, DeliveredUpTo, ReadUpTo, WasRead) = (true, deliveredUpTo, readUpTo, readUpTo);

        public void Move(Mark mark)
        {
            Origin = HasMoved && Origin != mark.Origin ? null : mark.Origin;
            if (mark.UpTo > DeliveredUpTo) (DeliveredUpTo, DeliveredMoved) = (mark.UpTo, true);
            if (mark.Read && mark.UpTo > ReadUpTo) (ReadUpTo, ReadMoved) = (mark.UpTo, true);
            HasMoved = DeliveredMoved || ReadMoved;
        }

        public int CompareTo(Participant? other) =>
            ChatId.CompareTo(other!.ChatId) is not 0 and var byChat ? byChat : UserId.CompareTo(other.UserId);
    }
}

/// <summary>A row of <c>message_status</c>: this participant has everything up to this message in this status.</summary>
internal readonly record struct StatusStep(long ChatId, long UserId, string Status, long MessageId);
