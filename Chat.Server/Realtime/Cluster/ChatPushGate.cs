namespace Chat.Server.Realtime.Cluster;

/// <summary>
/// Stops what other nodes push to chats while this node may not know who is in them: from when it no longer hears the others, or learns
/// that it missed news, until its connections have been compared with the database. What is stopped is dropped: the clients are asked to
/// catch up afterwards anyway. What this node's own clients send does not pass here; it is checked when it is stored.
/// </summary>
internal sealed class ChatPushGate(IClusterBus bus, RealtimeMetrics metrics)
{
    private long _losses;
    private long _accounted;

    public bool IsOpen => bus.HearsOthers && Interlocked.Read(ref _losses) == Interlocked.Read(ref _accounted);

    /// <summary>How many times news was lost; to be read before a comparison begins.</summary>
    public long Losses => Interlocked.Read(ref _losses);

    public void NewsLost() => Interlocked.Increment(ref _losses);

    /// <summary>A comparison accounts for so many losses. It opens unless there was another one since.</summary>
    public void Compared(long losses) => Interlocked.Exchange(ref _accounted, losses);

    /// <summary>Those of the groups to which a push may go while the gate is closed.</summary>
    public string[] Passing(string[] groups)
    {
        var passing = Array.FindAll(groups, group => !GroupNames.IsChat(group));
        if (passing.Length < groups.Length) metrics.HeldBack();
        return passing;
    }
}
