using Chat.Data.Messages;

namespace Chat.Server.Tests.Support;

/// <summary>Keeps what the append lanes reported, in order.</summary>
internal sealed class RecordingObserver : IAppendObserver
{
    private readonly Lock _gate = new();
    private readonly List<StoredMessage> _committed = [];
    private readonly List<long> _unknown = [];
    private readonly List<long> _rosters = [];
    private readonly List<long> _members = [];

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

    public void Committed(IReadOnlyList<StoredMessage> messages)
    {
        OnReport?.Invoke();
        lock (_gate) _committed.AddRange(messages);
    }

    public void OutcomeUnknown(IReadOnlyCollection<long> chatIds)
    {
        OnReport?.Invoke();
        lock (_gate) _unknown.AddRange(chatIds);
    }

    public Task MembersChangedAsync(long chatId, IReadOnlyList<long> userIds)
    {
        OnReport?.Invoke();
        lock (_gate) _members.AddRange(userIds);
        return Task.CompletedTask;
    }

    public void RosterChanged(long chatId)
    {
        OnReport?.Invoke();
        lock (_gate) _rosters.Add(chatId);
    }
}
