namespace Chat.Bench.Workloads.Seeding;

/// <summary>How groups are spread over people: everybody is in the same number of groups, and every group has the same number of members and messages.</summary>
/// <param name="MessagesPerChat">May be 0.</param>
/// <param name="Unread">Messages at the end of each chat that nobody has read; all of them are delivered.</param>
public sealed record ChatShape(int Chats, int MessagesPerChat, int MembersPerChat, int ChatsPerUser, int Unread = 0)
{
    /// <summary>Steps through the chats so that neighbours in one person's list lie far apart in the table. A prime.</summary>
    private const int Stride = 7919;

    public int Users => Chats * MembersPerChat / ChatsPerUser;

    public long Messages => (long)Chats * MessagesPerChat;

    /// <exception cref="BenchException">The numbers do not fit one another.</exception>
    public ChatShape Checked() =>
        (long)Users * ChatsPerUser != (long)Chats * MembersPerChat
            ? throw new BenchException($"{Chats:N0} groups of {MembersPerChat} cannot be shared out so that everybody is in {ChatsPerUser}.")
        : Chats < ChatsPerUser || Chats % Stride == 0
            ? throw new BenchException($"{Chats:N0} groups cannot be shared out to people who are in {ChatsPerUser} each.")
        : this;

    /// <param name="user">0, 1, 2 …</param>
    /// <returns>Chats, 0, 1, 2 …</returns>
    public IEnumerable<int> ChatsOf(int user) =>
        Enumerable.Range(0, ChatsPerUser).Select(slot => (int)((((long)user * ChatsPerUser) + slot) * Stride % Chats));
}
