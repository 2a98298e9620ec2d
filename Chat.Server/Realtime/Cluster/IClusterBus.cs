namespace Chat.Server.Realtime.Cluster;

/// <summary>Something that changed, told to the other nodes.</summary>
/// <param name="Kind">See <see cref="ClusterNewsKinds"/>; a kind that a node does not know (from a newer one) is passed over.</param>
/// <param name="Id">What it is about: a chat or a user.</param>
/// <param name="Items">Whom or what it concerns there.</param>
public sealed record ClusterNews(string Kind, long Id, IReadOnlyList<long> Items);

public static class ClusterNewsKinds
{
    /// <summary>Users joined or left a chat: its id, and theirs.</summary>
    public const string MembersChanged = "members_changed";

    /// <summary>Readers joined or left a channel: its id, and theirs. Its roster is what it was.</summary>
    public const string ReadersChanged = "readers_changed";

    /// <summary>A chat's roster was found to be another than a node believed: its id; nobody knows who joined or left.</summary>
    public const string RosterChanged = "roster_changed";

    /// <summary>Sessions of a user ended: the user's id, and theirs.</summary>
    public const string SessionsEnded = "sessions_ended";

    /// <summary>Somebody's contacts, blocks or privacy settings changed: the user's id.</summary>
    public const string PrivacyChanged = "privacy_changed";
}

/// <summary>
/// Tells the other nodes what they cannot see. Contract: a node does not hear itself; what it tells arrives in order, at most once, in a
/// few milliseconds. Loss is noticed (<see cref="NewsLost"/>), and nothing that must be right rests on the news alone: sends are checked
/// under the chat's lock, reads go through the participant's row.
/// </summary>
public interface IClusterBus
{
    /// <summary>Never waits.</summary>
    void Tell(ClusterNews news);

    /// <summary>Called one after another; must not block.</summary>
    event Action<ClusterNews>? Heard;

    /// <summary>Whether this node would hear what the others tell now. Silence is noticed within three heartbeats.</summary>
    bool HearsOthers { get; }

    /// <summary>News of other nodes was missed, or could have been. Must not block.</summary>
    event Action? NewsLost;

    /// <summary>Pushes of other nodes were missed, or could have been. Must not block.</summary>
    event Action? PushesLost;
}
