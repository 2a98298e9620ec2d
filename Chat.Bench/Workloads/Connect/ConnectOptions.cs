namespace Chat.Bench.Workloads.Connect;

/// <summary>People come back: each connects, asks for the list of chats, syncs those with something new, and leaves again.</summary>
/// <param name="ChatsPerUser">Groups of 10 that each is in; the list is asked for with a limit of 50.</param>
/// <param name="Lagging">How many of a person's chats have something new.</param>
/// <param name="AtOnce">People who are coming back at the same time.</param>
public sealed record ConnectOptions(int Users, int ChatsPerUser, int Lagging, int AtOnce, TimeSpan WarmUp, TimeSpan Measure)
{
    public const int MembersPerChat = 10;
    public const int MessagesPerChat = 100;
    public const int ListLimit = 50;

    /// <summary>New messages in a chat that lags.</summary>
    public const int NewMessages = 5;

    public static ConnectOptions Default { get; } = new(
        Users: 200, ChatsPerUser: 50, Lagging: 3, AtOnce: 32, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8));
}
