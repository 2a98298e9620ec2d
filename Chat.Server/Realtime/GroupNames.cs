using System.Globalization;

namespace Chat.Server.Realtime;

/// <summary>Names of SignalR groups. A connection joins the first two kinds when it connects.</summary>
internal static class GroupNames
{
    private const string ChatPrefix = "chat:";
    private const string PresencePrefix = "presence:";

    /// <summary><c>chat:{chatId}</c>: connections of the members of a group, the readers of a channel. Direct chats go to both people's <see cref="User"/>.</summary>
    public static string Chat(long chatId) => $"{ChatPrefix}{chatId}";

    public static bool IsChat(string name) => name.StartsWith(ChatPrefix, StringComparison.Ordinal);

    /// <summary>The chat of a name that <see cref="Chat"/> made.</summary>
    public static bool TryReadChat(string name, out long chatId)
    {
        chatId = 0;
        return IsChat(name) && long.TryParse(name.AsSpan(ChatPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out chatId);
    }

    /// <summary><c>user:{userId}</c>: all connections of one person. Unlike SignalR's user, found without walking over all connections.</summary>
    public static string User(long userId) => $"user:{userId}";

    /// <summary><c>presence:{userId}</c>: connections that watch one person's presence.</summary>
    public static string Presence(long userId) => $"{PresencePrefix}{userId}";

    /// <summary>The person of a name that <see cref="Presence"/> made.</summary>
    public static bool TryReadPresence(string name, out long userId)
    {
        userId = 0;
        return name.StartsWith(PresencePrefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(PresencePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out userId);
    }
}
