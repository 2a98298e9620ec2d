namespace Chat.Bench.Checker;

/// <summary>How clients came to have everything once nobody wrote any more: by pushes, by holes that they saw, by being told to catch up.</summary>
/// <param name="Limit">What they were given for it, from the last answer on.</param>
public sealed record CalmRecord(TimeSpan Limit, IReadOnlyList<CalmClient> Clients);

/// <param name="NeverReconnected">It had one connection all the time, so that no catching up after a reconnect helped it.</param>
/// <param name="CompleteAfter">When it had every message of every chat; null when it had not within the limit.</param>
/// <param name="TicksAfter">Counted anew from then: when it knew its partner's marks as they are stored; null when it did not within the limit.</param>
public sealed record CalmClient(string Name, bool NeverReconnected, TimeSpan? CompleteAfter, TimeSpan? TicksAfter);

/// <summary>What those who watch others saw once nobody came or went any more.</summary>
/// <param name="Limit">What they were given for it, from the last coming or going on.</param>
public sealed record PresenceRecord(TimeSpan Limit, IReadOnlyList<SeenPresence> Seen);

/// <param name="UserId">Whom it watches.</param>
/// <param name="IsConnected">How it was.</param>
/// <param name="Online">What it saw in the end; null when it had not been told.</param>
/// <param name="RightAfter">Since when the two agreed; null when they did not in the end.</param>
public sealed record SeenPresence(string Watcher, long UserId, bool IsConnected, bool? Online, TimeSpan? RightAfter);
