namespace Chat.Server.Realtime;

/// <summary>Names of SignalR groups. A connection joins both kinds when it connects.</summary>
internal static class GroupNames
{
    /// <summary><c>chat:{chatId}</c>: connections of the members of a group. Direct chats go to both people's <see cref="User"/>.</summary>
    public static string Chat(long chatId) => $"chat:{chatId}";

    public static bool IsChat(string name) => name.StartsWith("chat:", StringComparison.Ordinal);

    /// <summary><c>user:{userId}</c>: all connections of one person. Unlike SignalR's user, found without walking over all connections.</summary>
    public static string User(long userId) => $"user:{userId}";

    /// <summary><c>presence:{userId}</c>: connections that watch one person's presence.</summary>
    public static string Presence(long userId) => $"presence:{userId}";
}
