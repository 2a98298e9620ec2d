namespace Chat.Bench.Workloads.Idle;

/// <summary>Many people are connected and do nothing.</summary>
/// <param name="ChatsPerUser">Groups that each person's connection joins; the product only, the others' connections are bare.</param>
/// <param name="AtOnce">Connections that are being made at the same time.</param>
/// <param name="Hold">How long all of them must last: several pings, and two renewals of each presence lease.</param>
public sealed record IdleOptions(int Connections, int ChatsPerUser, int AtOnce, TimeSpan Hold)
{
    public const int MembersPerChat = 10;

    /// <summary>Connections that are made and closed before the memory is read first: what every process needs once is not theirs.</summary>
    public const int WarmUpConnections = 200;

    /// <summary>How often they are: a method is compiled for good only after it has been called for a while.</summary>
    public const int WarmUpRounds = 5;

    public static IdleOptions Default { get; } = new(Connections: 10_000, ChatsPerUser: 20, AtOnce: 32, TimeSpan.FromSeconds(25));
}
