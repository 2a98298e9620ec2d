using Chat.Data.Messages;

namespace Chat.Data.Chats;

/// <summary>The head of a chat as one participant sees it.</summary>
public sealed record ChatHeadRow
{
    public long ChatId { get; init; }
    public string ChatType { get; init; } = "";
    public string? ChatName { get; init; }
    public string? Description { get; init; }
    public long? PictureMediaId { get; init; }
    public string Role { get; init; } = "";

    /// <summary>A public channel's name.</summary>
    public string? Username { get; init; }

    /// <summary>Whether a channel's posts bear their author's name.</summary>
    public bool Signatures { get; init; }

    /// <summary>Who is in a channel; 0 for other chats.</summary>
    public int SubscriberCount { get; init; }

    /// <summary>What members may do for whom nothing else is set: bits of <see cref="Permissions.ChatPermissions"/>.</summary>
    public int DefaultPermissions { get; init; } = (int)Permissions.ChatRights.GroupMembers;

    /// <summary>What this participant may do instead, where that was set.</summary>
    public int? Allowed { get; init; }
    public DateTime? SilencedUntil { get; init; }
    public int SlowModeSeconds { get; init; }

    /// <summary>How long new messages stay; 0 for good.</summary>
    public int DisappearSeconds { get; init; }
    public DateTime CreatedAt { get; init; }
    public DateTime LastActivityAt { get; init; }
    public long LastMessageId { get; init; }
    public long MemberCount { get; init; }

    /// <summary>The first message id that this participant may see.</summary>
    public long VisibleFrom { get; init; }
    public long DeliveredUpTo { get; init; }
    public long ReadUpTo { get; init; }

    /// <summary>The lowest among the other participants; the chat's last id where there is none. 0 in a channel, where nobody learns of others.</summary>
    public long OthersDeliveredUpTo { get; init; }
    public long OthersReadUpTo { get; init; }

    // These are known after the rest, and a copy of it would be a good part of what a list allocates.

    /// <summary>Stops counting at 1,000 ids above the read mark.</summary>
    public long UnreadCount { get; internal set; }

    /// <summary>Messages above the read mark that name this participant.</summary>
    public long UnreadMentions { get; internal set; }

    /// <summary>The last message that this participant may see, as this participant sees it; null where there is none.</summary>
    public MessageRow? LastMessage { get; internal set; }

    /// <summary>How far the changes of messages count.</summary>
    public long LastChangeId { get; init; }

    /// <summary>How far this participant's own hidings count.</summary>
    public long LastHideId { get; init; }

    // What this participant set for the chat; all of it empty, and the version 0, where nothing was ever set.
    public DateTime? MutedUntil { get; init; }
    public int? PinPosition { get; init; }
    public bool Archived { get; init; }
    public bool MarkedUnread { get; init; }
    public string? Draft { get; init; }
    public long SettingsVersion { get; init; }

    // The other person of a direct chat; oneself in the chat with oneself.
    public long? PeerUserId { get; init; }
    public string? PeerName { get; init; }
    public string? PeerUsername { get; init; }
    public string? PeerStatus { get; init; }
    public string? PeerProfilePictureUrl { get; init; }
    public long? PeerPictureMediaId { get; init; }
}
