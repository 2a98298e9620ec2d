namespace Chat.Bench.Workloads.History;

/// <summary>What is measured.</summary>
public enum HistoryOperation
{
    /// <summary>The newest 50 messages of a chat.</summary>
    LatestPage,

    /// <summary>50 messages before one somewhere in a chat.</summary>
    OlderPage,

    /// <summary>The heads of a person's chats, up to 50, with counts of unread messages.</summary>
    ChatList,

    /// <summary>25 heads from the middle of a person's chats.</summary>
    ChatListMiddle,

    /// <summary>The last 1–50 messages of a chat, as a client that was away asks for them.</summary>
    Sync,

    /// <summary>One message to a group of 10, until it is committed.</summary>
    Send,

    /// <summary>One message more of a chat is read.</summary>
    MarkRead,
}
