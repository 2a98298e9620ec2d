namespace Chat.Bench.Workloads.Chaos;

/// <summary>The load under which something is broken, and how often.</summary>
/// <param name="SendInterval">Of one user, on average.</param>
/// <param name="GroupShare">Of a user's messages, those into a group, if it is in one: 0–1.</param>
/// <param name="Disturbances">How often the thing is broken.</param>
/// <param name="CalmBefore">Load before each disturbance, and after the last.</param>
/// <param name="DropInterval">One user's connection is cut as often as this.</param>
/// <param name="DrainTimeout">How long outboxes may take to empty after the end.</param>
public sealed record ChaosOptions(
    int Pairs,
    int Groups,
    int GroupSize,
    TimeSpan SendInterval,
    double GroupShare,
    int Disturbances,
    TimeSpan CalmBefore,
    TimeSpan DropInterval,
    TimeSpan DrainTimeout)
{
    public static ChaosOptions Default { get; } = new(
        Pairs: 50, Groups: 3, GroupSize: 20, TimeSpan.FromMilliseconds(100), GroupShare: 0.4, Disturbances: 3,
        CalmBefore: TimeSpan.FromSeconds(6), DropInterval: TimeSpan.FromMilliseconds(300), DrainTimeout: TimeSpan.FromSeconds(60));

    /// <summary>For a test suite.</summary>
    public static ChaosOptions Quick { get; } = Default with
    {
        Pairs = 10, Groups = 1, GroupSize = 10, Disturbances = 2, CalmBefore = TimeSpan.FromSeconds(1.5),
    };

    /// <summary>
    /// Two nodes. What two processors carry when clients, nodes, database, Redis and load balancer share them: a message into a
    /// group of 200 is two hundred pushes, and as many receipts.
    /// </summary>
    public static ChaosOptions Cluster { get; } = Default with
    {
        Pairs = 200, Groups = 5, GroupSize = 200, SendInterval = TimeSpan.FromSeconds(4), GroupShare = 0.02, Disturbances = 2,
        CalmBefore = TimeSpan.FromSeconds(4),
        DropInterval = TimeSpan.FromSeconds(1), Contacts = 10, Leavers = 20,
        Client = new ResilientClientOptions { MarkInterval = TimeSpan.FromSeconds(1) },
    };

    /// <summary>Two nodes, for a test suite.</summary>
    public static ChaosOptions ClusterQuick { get; } = Quick with
    {
        Pairs = 20, GroupSize = 20, SendInterval = TimeSpan.FromMilliseconds(200), Disturbances = 1, Contacts = 10, Leavers = 4,
        DropInterval = TimeSpan.FromSeconds(1), PresenceLease = TimeSpan.FromSeconds(5),
    };

    /// <summary>Fifty pairs that go on writing while thousands of others come back.</summary>
    public static ChaosOptions Storm { get; } = Default with
    {
        Pairs = 50, Groups = 0, SendInterval = TimeSpan.FromSeconds(1), Disturbances = 1, DropInterval = Timeout.InfiniteTimeSpan, Crowd = 5_000,
    };

    /// <summary>
    /// A group in which most have stopped reading. Long texts, in letters of three bytes: what a client may leave unread is counted in
    /// bytes, about 100,000 of which each second then brings, and the machine shall not spend its time on counting to it in small steps.
    /// </summary>
    public static ChaosOptions SlowClients { get; } = Default with
    {
        Pairs = 20, Groups = 1, GroupSize = 40, SendInterval = TimeSpan.FromSeconds(4), GroupShare = 1, Disturbances = 1,
        DropInterval = Timeout.InfiniteTimeSpan, Bystanders = 300, MinTextLength = 3_000, MaxTextLength = 4_000, Letter = '中',
        Client = new ResilientClientOptions { MarkInterval = TimeSpan.FromSeconds(1) },
    };

    /// <summary>Members of every group without a client of the load.</summary>
    public int Bystanders { get; init; }

    /// <summary>Clients beside the load that are only connected.</summary>
    public int Crowd { get; init; }

    public int MinTextLength { get; init; } = 1;

    /// <summary>Characters of a text; each has a random length between the two.</summary>
    public int MaxTextLength { get; init; } = 200;

    public char Letter { get; init; } = 'x';

    /// <summary>How many people each client watches.</summary>
    public int Contacts { get; init; }

    /// <summary>How many clients a disturbance sends away until the end.</summary>
    public int Leavers { get; init; }

    /// <summary>The nodes' <c>Presence:LeaseTime</c>; in a test suite nobody wants to wait for the usual one.</summary>
    public TimeSpan PresenceLease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What clients are given, once nobody writes any more, to have everything by themselves.</summary>
    public TimeSpan ConvergeLimit { get; init; } = TimeSpan.FromSeconds(10);

    public ResilientClientOptions Client { get; init; } = new();

    /// <summary>Configuration of the nodes.</summary>
    public IReadOnlyDictionary<string, string> NodeSettings => new Dictionary<string, string>
    {
        ["Presence__LeaseTime"] = PresenceLease.ToString("c"),
    };
}
