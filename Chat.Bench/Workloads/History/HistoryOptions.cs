using Chat.Bench.Workloads.Seeding;

namespace Chat.Bench.Workloads.History;

/// <summary>Single calls at several sizes of the database, everything else alike.</summary>
/// <param name="Sizes">Messages in each database; or, where <paramref name="ByChats"/>, groups that each person is in.</param>
/// <param name="Chats">The same number at every size, so that only the chats grow; null to let their number grow too.</param>
/// <param name="MessagesPerChat">Where the number of chats grows; null for 100 or, from 100,000 messages on, 400.</param>
/// <param name="ChatsPerUser">Groups that each person is in.</param>
/// <param name="Unread">Messages at the end of each chat that nobody has read.</param>
/// <param name="Operations">What is called.</param>
/// <param name="Rounds">The sizes take turns so often.</param>
/// <param name="CallsPerRound">Of each operation, on each size.</param>
/// <param name="BufferPool">Of the database that holds all of them; in memory, as what people read is.</param>
/// <param name="MaxRatio">Of the medians, largest size to smallest: above it the run fails.</param>
/// <param name="ByChats">The databases are alike but for how many groups each person is in.</param>
public sealed record HistoryOptions(
    IReadOnlyList<int> Sizes, int? Chats, int? MessagesPerChat, int ChatsPerUser, int Unread, IReadOnlyList<HistoryOperation> Operations,
    int Rounds, int CallsPerRound, string BufferPool, double MaxRatio, bool ByChats = false)
{
    private const int MembersPerChat = 10;

    /// <summary>The largest size with <c>--large</c>: 100,000 users in 200,000 groups.</summary>
    public const int LargeSize = 20_000_000;

    public static HistoryOptions History { get; } = new(
        [10_000, 1_000_000], Chats: null, MessagesPerChat: null, ChatsPerUser: 50, Unread: 10,
        [HistoryOperation.LatestPage, HistoryOperation.OlderPage, HistoryOperation.ChatList, HistoryOperation.Sync],
        Rounds: 15, CallsPerRound: 100, BufferPool: "1G", MaxRatio: 1.5);

    public static HistoryOptions Growth { get; } = History with
    {
        MessagesPerChat = 100, ChatsPerUser = 20, Unread = 40,
        Operations = [.. Enum.GetValues<HistoryOperation>().Where(operation => operation is not HistoryOperation.ChatListMiddle)],
    };

    /// <summary>In 2,500 groups of 10, which 500 people share, or 25 who are in a thousand each.</summary>
    public static HistoryOptions Lists { get; } = History with
    {
        Sizes = [50, 1_000], Chats = 2_500, MessagesPerChat = 100, Operations = [HistoryOperation.ChatList, HistoryOperation.ChatListMiddle], ByChats = true,
    };

    /// <exception cref="BenchException">So many messages cannot be spread like that.</exception>
    public ChatShape ShapeOf(int size) =>
        ByChats ? new ChatShape(Chats!.Value, MessagesPerChat!.Value, MembersPerChat, size, Unread).Checked() : ShapeOfMessages(size);

    private ChatShape ShapeOfMessages(int messages)
    {
        var chats = Chats ?? messages / (MessagesPerChat ?? (messages < 100_000 ? 100 : 400));
        var shape = new ChatShape(chats, messages / chats, MembersPerChat, ChatsPerUser, Unread);
        return shape.Messages == messages && shape.MessagesPerChat >= HistoryCalls.LeastMessagesPerChat
            ? shape.Checked()
            : throw new BenchException($"{messages:N0} messages cannot be spread over {chats:N0} chats; take 10000, 100000, 1000000 or 20000000 messages, and a multiple of 100 chats.");
    }
}
