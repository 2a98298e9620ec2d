using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Properties;

/// <summary>What the people of a scenario have around them, and what is known of it beside their devices.</summary>
internal sealed class Scene(TestDatabase database, IReadOnlyList<ChatServerFactory> nodes, Findings findings)
{
    private static int _texts;

    public TestDatabase Database => database;

    public IReadOnlyList<ChatServerFactory> Nodes => nodes;

    public IReadOnlyList<Uri> Addresses { get; } = [.. nodes.Select(node => node.Address)];

    public Findings Findings => findings;

    public List<Person> People { get; } = [];

    /// <summary>The last one is a channel.</summary>
    public List<long> Chats { get; } = [];

    public long Channel => Chats[^1];

    /// <summary>Of the channel, while it is public.</summary>
    public string ChannelName => $"channel_{People[0].UserId}";

    public Doors Doors { get; } = new(findings);

    public Files Files { get; } = new([.. nodes.Select(node => node.Address)]);

    /// <summary>How long a change may be unknown to another node: until it has heard of it (docs/decisions/0004).</summary>
    public TimeSpan HearsLonger { get; } = nodes.Count > 1 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero;

    /// <summary>Messages that were made to expire.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<(long ChatId, long MessageId), byte> Expired { get; } = [];

    public Person PersonOf(long userId) => People.Single(p => p.UserId == userId);

    /// <summary>Texts are never the same, so what somebody must not see can be told.</summary>
    public static string NewText(string what) => $"{what} {Interlocked.Increment(ref _texts)}";
}
