using Chat.Data.Messages;

namespace Chat.Server.Tests.Support;

/// <summary>Keeps what the append lanes reported, in order.</summary>
internal sealed class RecordingObserver : IAppendObserver
{
    private readonly Lock _gate = new();
    private readonly List<StoredMessage> _committed = [];
    private readonly List<MessageChange> _changes = [];
    private readonly List<long> _unknown = [];
    private readonly List<long> _rosters = [];
    private readonly List<long> _members = [];
    private readonly List<long> _changed = [];

    /// <summary>Called on the lane for each report, before it is kept.</summary>
    public Action? OnReport { get; set; }

    public IReadOnlyList<StoredMessage> Messages
    {
        get { lock (_gate) return [.. _committed]; }
    }

    public IReadOnlyList<long> Unknown
    {
        get { lock (_gate) return [.. _unknown]; }
    }

    public IReadOnlyList<long> RostersChanged
    {
        get { lock (_gate) return [.. _rosters]; }
    }

    public IReadOnlyList<long> MembersChanged
    {
        get { lock (_gate) return [.. _members]; }
    }

    /// <summary>Chats whose members (perhaps) changed.</summary>
    public IReadOnlyList<long> ChatsChanged
    {
        get { lock (_gate) return [.. _changed]; }
    }

    /// <summary>What the lane waits for when a roster turned out to be another.</summary>
    public Task UntilRosterApplied { get; set; } = Task.CompletedTask;

    public void Committed(IReadOnlyList<StoredMessage> messages)
    {
        OnReport?.Invoke();
        lock (_gate) _committed.AddRange(messages);
    }

    public IReadOnlyList<MessageChange> Changes
    {
        get { lock (_gate) return [.. _changes]; }
    }

    public void Changed(IReadOnlyList<MessageChange> changes)
    {
        OnReport?.Invoke();
        lock (_gate) _changes.AddRange(changes);
    }

    public void OutcomeUnknown(IReadOnlyCollection<long> chatIds)
    {
        OnReport?.Invoke();
        lock (_gate) _unknown.AddRange(chatIds);
    }

    public Task MembersChangedAsync(long chatId, IReadOnlyList<long> userIds)
    {
        OnReport?.Invoke();
        lock (_gate)
        {
            _members.AddRange(userIds);
            _changed.Add(chatId);
        }
        return Task.CompletedTask;
    }

    public Task RosterChangedAsync(long chatId)
    {
        OnReport?.Invoke();
        lock (_gate) _rosters.Add(chatId);
        return UntilRosterApplied;
    }
}
