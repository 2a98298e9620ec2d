namespace Chat.Server.Hubs.Contract;

/// <summary>Sizes that are part of the contract: clients may rely on them.</summary>
public static class Limits
{
    /// <summary>UTF-16 code units of a message.</summary>
    public const int TextLength = 4096;

    /// <summary>Characters of a group's title.</summary>
    public const int TitleLength = 100;

    /// <summary>Characters of a chat's description.</summary>
    public const int DescriptionLength = 500;

    /// <summary>Longest wait between two messages of a member, in seconds.</summary>
    public const int SlowModeSeconds = 3600;

    /// <summary>Longest time for which a member is muted, in seconds: 366 days.</summary>
    public const int SilenceSeconds = 366 * 86_400;

    /// <summary>Longest life of an invite that ends by itself, in seconds: 366 days.</summary>
    public const int InviteSeconds = 366 * 86_400;

    /// <summary>Most people that a limited invite lets in.</summary>
    public const int InviteUses = 100_000;

    /// <summary>Most items of a page, and most ids of a list in a request where nothing else is said.</summary>
    public const int PageSize = 100;

    /// <summary>Items of a page where the request does not say.</summary>
    public const int DefaultPageSize = 50;

    /// <summary>Members that a group can begin with, its owner included. How many it may have is a setting of the server, 1,024 by default.</summary>
    public const int GroupSize = 1024;

    /// <summary>Phone numbers of one <c>ImportContacts</c>.</summary>
    public const int ImportedContacts = 500;

    /// <summary>Characters of one's own name for a contact.</summary>
    public const int ContactNameLength = 100;

    /// <summary>Chats that messages are forwarded into by one call.</summary>
    public const int ForwardTargets = 10;

    /// <summary>Characters of the name of a place.</summary>
    public const int PlaceNameLength = 100;

    /// <summary>Characters of the address of a place.</summary>
    public const int PlaceAddressLength = 200;

    /// <summary>UTF-16 code units of an emoji.</summary>
    public const int EmojiLength = 32;

    /// <summary>Different emoji that people may react to one message with.</summary>
    public const int ReactionKinds = 20;

    /// <summary>Options of a poll; it has at least 2.</summary>
    public const int PollOptions = 12;

    /// <summary>Characters of a poll's question.</summary>
    public const int PollQuestionLength = 300;

    /// <summary>Characters of an option of a poll.</summary>
    public const int PollOptionLength = 100;

    /// <summary>Messages that a chat may have pinned.</summary>
    public const int PinnedMessages = 100;

    /// <summary>Characters of a comment on a report.</summary>
    public const int CommentLength = 500;

    /// <summary>Characters of what is searched for.</summary>
    public const int QueryLength = 100;

    /// <summary>Messages of somebody that may wait for their time.</summary>
    public const int ScheduledMessages = 100;

    /// <summary>How far ahead a message may be scheduled, in days.</summary>
    public const int ScheduleDays = 366;

    /// <summary>Chats that somebody may pin.</summary>
    public const int PinnedChats = 10;
}
