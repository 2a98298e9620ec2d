namespace Chat.Server.Tests.Properties;

/// <summary>A chat as a client holds it, by the sync rules of <c>docs/protocol.md</c>: its whole history, positions and marks. Knows no connection.</summary>
internal sealed class ChatState(ChatView head, long me)
{
    private readonly Dictionary<long, MessageState> _states = [];
    private readonly HashSet<long> _held = [];
    private readonly HashSet<long> _hidden = [];
    private readonly Dictionary<long, (long Delivered, long Read)> _marks = [];

    public ChatView Head { get; private set; } = head;

    public WatermarksView Watermarks { get; private set; } = head.Watermarks;

    public Sequence Messages { get; } = new(head.LastMessageId);

    public Sequence Changes { get; } = new(head.LastChangeId);

    public Sequence Hidings { get; } = new(head.LastHideId);

    /// <summary>Whether the history before the first head is here; what is half loaded is started afresh on the next connection.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>Of a group, who is in it, as listed last.</summary>
    public IReadOnlyList<ParticipantView> Members { get; private set; } = [];

    public bool IsDirect => Head.Type == ChatTypes.Direct;

    public bool IsGroup => Head.Type == ChatTypes.Group;

    public bool IsChannel => Head.Type == ChatTypes.Channel;

    public bool HasHole => Messages.HasHole || Changes.HasHole || Hidings.HasHole;

    /// <summary>What is shown, in order.</summary>
    public IEnumerable<MessageView> Shown => _held.Order().Select(id => _states[id].View).Where(m => !m.HasExpired());

    public (long Delivered, long Read) MarksOf(long userId) => _marks.GetValueOrDefault(userId);

    public void ApplyHead(ChatView head)
    {
        var settings = head.Settings.Version >= Head.Settings.Version ? head.Settings : Head.Settings;
        Head = head with { Settings = settings };
        Messages.NoteLast(head.LastMessageId);
        Changes.NoteLast(head.LastChangeId);
        Hidings.NoteLast(head.LastHideId);
        DropBefore(head.VisibleFrom);
        Advance(head.Watermarks);
    }

    public void ApplySettings(ChatSettingsView settings)
    {
        if (settings.Version >= Head.Settings.Version) Head = Head with { Settings = settings };
    }

    public void ApplyMembers(IReadOnlyList<ParticipantView> members)
    {
        Members = members;
        foreach (var member in members) Advance(new ReceiptView(member.User.UserId, member.DeliveredUpTo, member.ReadUpTo));
    }

    public void ApplyReceipt(ReceiptView receipt)
    {
        if (receipt.UserId == me) Advance(Watermarks with { DeliveredUpTo = receipt.DeliveredUpTo, ReadUpTo = receipt.ReadUpTo });
        else if (!IsGroup) Advance(Watermarks with { OthersDeliveredUpTo = receipt.DeliveredUpTo, OthersReadUpTo = receipt.ReadUpTo });
        Advance(receipt);
    }

    public void ApplyOwnMarks(MarkResult marks) =>
        Advance(Watermarks with { DeliveredUpTo = marks.DeliveredUpTo, ReadUpTo = marks.ReadUpTo });

    /// <summary>A pushed message, or one of one's own as it was sent.</summary>
    public void Post(MessageView message)
    {
        if (message.MessageId <= Messages.UpTo) return;
        Keep(MessageState.Posted(message));
        Hold(message);
        Messages.Applied(message.MessageId);
    }

    public void ApplyChange(MessageChangedEvent change)
    {
        if (change.Message is { } message) Keep(MessageState.Changed(change, message, me));
        if (change.HideId is { } own) Hidings.Applied(own);
        else Changes.Applied(change.ChangeId);
    }

    public void ApplyHidden(MessagesHiddenEvent hidden)
    {
        for (var id = hidden.HideId - hidden.MessageIds.Count + 1; id <= hidden.HideId; id++) Hidings.Applied(id);
        Drop(hidden.MessageIds);
    }

    public void ApplyHistory(MessagePage page)
    {
        foreach (var message in page.Messages)
        {
            Keep(MessageState.Read(message));
            Hold(message);
        }
    }

    /// <param name="after">The message after which it was asked.</param>
    public void ApplySync(SyncChatResult sync, long after)
    {
        foreach (var message in sync.Changes) Keep(MessageState.Read(message));
        Drop(sync.HiddenIds);
        if (sync.TooLong)
        {
            _held.Clear();
            IsLoaded = false;
        }
        // What was kept aside behind a hole, and is not in an answer that accounts for it, is no longer there: its change is not told, since it was not held.
        _held.RemoveWhere(id => id > after && id <= sync.UpToMessageId);
        foreach (var message in sync.Messages)
        {
            Keep(MessageState.Read(message));
            Hold(message);
        }
        Messages.NoteLast(sync.LastMessageId);
        Messages.AccountsFor(sync.UpToMessageId);
        Changes.NoteLast(sync.LastChangeId);
        Changes.AccountsFor(sync.UpToChangeId);
        Hidings.AccountsFor(sync.UpToHideId);
        DropBefore(sync.VisibleFrom);
        Advance(sync.Watermarks);
    }

    /// <summary>States are kept also of what is not held: the page or push that brings it may be older.</summary>
    private void Keep(MessageState state)
    {
        var id = state.View.MessageId;
        _states[id] = _states.TryGetValue(id, out var known) ? known.With(state) : state;
    }

    private void Hold(MessageView message)
    {
        if (!_hidden.Contains(message.MessageId)) _held.Add(message.MessageId);
    }

    /// <summary>Who was removed and came back while away is told so by nothing else.</summary>
    private void DropBefore(long visibleFrom) => _held.RemoveWhere(id => id < visibleFrom);

    private void Drop(IReadOnlyList<long> messageIds)
    {
        _hidden.UnionWith(messageIds);
        _held.ExceptWith(messageIds);
    }

    private void Advance(WatermarksView marks) => Watermarks = new WatermarksView(
        Math.Max(Watermarks.DeliveredUpTo, Math.Max(marks.DeliveredUpTo, marks.ReadUpTo)),
        Math.Max(Watermarks.ReadUpTo, marks.ReadUpTo),
        Math.Max(Watermarks.OthersDeliveredUpTo, Math.Max(marks.OthersDeliveredUpTo, marks.OthersReadUpTo)),
        Math.Max(Watermarks.OthersReadUpTo, marks.OthersReadUpTo));

    private void Advance(ReceiptView receipt)
    {
        var (delivered, read) = MarksOf(receipt.UserId);
        read = Math.Max(read, receipt.ReadUpTo);
        _marks[receipt.UserId] = (Math.Max(Math.Max(delivered, receipt.DeliveredUpTo), read), read);
    }
}
