using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>The head of a chat as one participant sees it.</summary>
/// <param name="Type">See <see cref="ChatTypes"/>.</param>
/// <param name="Title">Of a group or channel; null in direct chats.</param>
/// <param name="Peer">The other person of a direct chat, you yourself in your saved messages; null elsewhere.</param>
/// <param name="Role">Your role, see <see cref="ParticipantRoles"/>.</param>
/// <param name="LastMessageId">0 while the chat has no message.</param>
/// <param name="LastMessage">The last message that you may see, deleted or not; null where the last one lies before your joining.</param>
/// <param name="UnreadCount">Messages of others above your read mark, system messages and deleted ones not counted; stops counting at 1,000 ids above the mark.</param>
/// <param name="UnreadMentions">Messages above your read mark that name you; exact up to some thousands.</param>
/// <param name="Permissions">What you may do, see <c>docs/protocol.md</c>; names that you do not know may come.</param>
/// <param name="DefaultPermissions">What members may do for whom nothing else is set.</param>
/// <param name="SlowModeSeconds">How long a member must wait between two messages; 0 for no slow mode.</param>
/// <param name="SilencedUntil">UTC; you may not send before. Null where you may.</param>
/// <param name="LastChangeId">The last change of a message in the chat (<c>MessageChanged</c>); 0 for none.</param>
/// <param name="LastHideId">The last time that you deleted a message for yourself (<c>MessagesHidden</c>), or that one of yours changed that was withheld; 0 for never.</param>
/// <param name="Username">The name of a public channel; null elsewhere.</param>
/// <param name="Signatures">Whether the posts of a channel bear their author's name.</param>
/// <param name="DisappearingSeconds">How long new messages stay; 0 for good.</param>
/// <param name="PictureMediaId">The picture of a group or channel, see <c>/api/media</c>; null for none, and in direct chats.</param>
/// <param name="VisibleFrom">The first message id that you may see; drop what you hold from below it. It rises when you were removed and came back.</param>
/// <param name="LastActivityAt">UTC; the time of the last message, or of the chat's creation. Chat lists are ordered by it, newest first.</param>
public sealed record ChatView(
    long ChatId,
    string Type,
    string? Title,
    UserView? Peer,
    string Role,
    int MemberCount,
    long LastMessageId,
    MessageView? LastMessage,
    WatermarksView Watermarks,
    int UnreadCount,
    DateTime LastActivityAt,
    DateTime CreatedAt,
    ChatSettingsView Settings,
    string? Description,
    IReadOnlyList<string> Permissions,
    IReadOnlyList<string> DefaultPermissions,
    int SlowModeSeconds,
    DateTime? SilencedUntil,
    long LastChangeId,
    long LastHideId,
    string? Username,
    bool Signatures,
    int UnreadMentions,
    int DisappearingSeconds,
    long? PictureMediaId,
    long VisibleFrom);

/// <summary>
/// Up-to marks: everything up to and including the id is in that state. They never move back.
/// </summary>
/// <param name="DeliveredUpTo">Yours.</param>
/// <param name="ReadUpTo">Yours.</param>
/// <param name="OthersDeliveredUpTo">The lowest among the other present participants: your message N is delivered (to everybody) when this is at least N.</param>
/// <param name="OthersReadUpTo">Likewise for read. Both are 0 in a channel; this one is in a direct chat while one of the two has read receipts off.</param>
public sealed record WatermarksView(long DeliveredUpTo, long ReadUpTo, long OthersDeliveredUpTo, long OthersReadUpTo);

public sealed record OpenDirectChatRequest(long UserId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("userId", UserId);
    }
}

public sealed record GetChatRequest(long ChatId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
    }
}

/// <param name="Cursor">What the last page returned as <c>nextCursor</c>; null for the first page.</param>
/// <param name="Limit">1–100, default 50.</param>
public sealed record ListChatsRequest(string? Cursor = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.OptionalText("cursor", Cursor, 1, 100);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Chats">By last activity, newest first. Direct chats without a message are left out.</param>
/// <param name="NextCursor">Null on the last page.</param>
public sealed record ChatPage(IReadOnlyList<ChatView> Chats, string? NextCursor);

/// <param name="AfterUserId">The last user id of the page before; null for the first page.</param>
/// <param name="Limit">1–100, default 100.</param>
public sealed record ListParticipantsRequest(long ChatId, long? AfterUserId = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        if (AfterUserId is { } after) Check.Position("afterUserId", after);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Participants">Those present, ascending by user id.</param>
public sealed record ParticipantPage(long ChatId, IReadOnlyList<ParticipantView> Participants, bool HasMore);

/// <param name="OwnPermissions">What this one may do in place of what the role gives; null where nothing is set. Told to those who manage roles or members, and of oneself.</param>
/// <param name="SilencedUntil">UTC; may not send before. Told to the same.</param>
public sealed record ParticipantView(
    UserView User, string Role, DateTime JoinedAt, long DeliveredUpTo, long ReadUpTo, IReadOnlyList<string>? OwnPermissions, DateTime? SilencedUntil);

/// <summary>Kinds of chats as they stand on the wire and in the database.</summary>
public static class ChatTypes
{
    public const string Direct = "direct";
    public const string Group = "group";
    public const string Channel = "channel";
}

/// <summary>Roles as they stand on the wire and in the database.</summary>
public static class ParticipantRoles
{
    public const string Owner = "owner";
    public const string Admin = "admin";
    public const string Member = "member";
}
