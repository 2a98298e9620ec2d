namespace Chat.Bench.Workloads.History;

/// <summary>Reading at several sizes of the database, everything else alike.</summary>
/// <param name="Sizes">Messages in each database.</param>
/// <param name="Chats">The same number at every size, so that only the chats grow; null to let their number grow too.</param>
/// <param name="Rounds">The sizes take turns so often.</param>
/// <param name="CallsPerRound">Of each operation, on each size.</param>
/// <param name="BufferPool">Of the database that holds all of them; in memory, as what people read is.</param>
/// <param name="MaxRatio">Of the medians, largest size to smallest: above it the run fails.</param>
public sealed record HistoryOptions(
    IReadOnlyList<int> Sizes, int? Chats, int Rounds, int CallsPerRound, string BufferPool, double MaxRatio)
{
    public static HistoryOptions Default { get; } = new([10_000, 1_000_000], Chats: null, Rounds: 15, CallsPerRound: 100, BufferPool: "1G", MaxRatio: 1.5);
}

/// <summary>How a number of messages is spread over chats and people. Each person is in 50 chats and each chat has 10 members, at every size.</summary>
public sealed record HistoryShape(int Chats, int MessagesPerChat)
{
    public const int ChatsPerUser = 50;
    public const int MembersPerChat = 10;
    public const int Unread = 10;

    /// <summary>Steps through the chats so that neighbours in one person's list lie far apart in the table. A prime.</summary>
    private const int Stride = 7919;

    public int Users => Chats * MembersPerChat / ChatsPerUser;

    /// <exception cref="BenchException">The number cannot be spread so.</exception>
    public static HistoryShape Of(int messages, int? sameChats)
    {
        var chats = sameChats ?? messages / (messages < 100_000 ? 100 : 400);
        var perChat = messages / chats;
        return chats * perChat == messages && perChat >= 2 * ChatsPerUser && chats >= 2 * ChatsPerUser && chats % 5 == 0 && chats % Stride != 0
            ? new HistoryShape(chats, perChat)
            : throw new BenchException($"{messages:N0} messages cannot be spread over {chats:N0} chats; take 10000, 100000, 1000000 or 20000000 messages, and a multiple of 100 chats.");
    }

    /// <param name="user">0, 1, 2 …</param>
    /// <returns>Chats, 0, 1, 2 …</returns>
    public IEnumerable<int> ChatsOf(int user) =>
        Enumerable.Range(user * ChatsPerUser, ChatsPerUser).Select(slot => (int)((long)slot * Stride % Chats));
}
