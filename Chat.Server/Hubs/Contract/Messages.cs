using System.Text.Json.Serialization;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>
/// One message. Its identity everywhere is (<paramref name="ChatId"/>, <paramref name="MessageId"/>);
/// message ids count 1, 2, 3 … within their chat, without a gap, in commit order.
/// </summary>
/// <param name="SenderId">Who sent it; 0 in a channel, where nobody is told.</param>
/// <param name="ClientMessageId">The name its sender gave it; null on system messages.</param>
/// <param name="Type">See <see cref="MessageTypes"/>; show a type that you do not know as such.</param>
/// <param name="Text">The text, or the caption of a file; null where there is none, and once deleted.</param>
/// <param name="System">Present on system messages.</param>
/// <param name="SentAt">UTC, when the server committed it. Order by <paramref name="MessageId"/>, never by this.</param>
/// <param name="ChangeId">The last change of the message; absent without any. Never replace what you hold by a state with a lower one.</param>
/// <param name="EditedAt">UTC; absent unless it was edited.</param>
/// <param name="Withheld">True on a message of yours that never reaches the other person; absent otherwise. Show it as sent, whatever the marks say.</param>
/// <param name="Signature">The author's name under a channel's post, as it was then; absent unless the channel has its posts signed.</param>
/// <param name="Views">How many people have seen a channel's post; where you read it, absent in events and elsewhere.</param>
/// <param name="DeletedAt">UTC; present when it was deleted for everybody. Nothing but this is left of it.</param>
/// <param name="Reactions">The most used first; absent without any.</param>
/// <param name="MyReaction">Your own; absent without one, and in what is pushed: there it stays what you know.</param>
/// <param name="ExpiresAt">UTC; drop it then. Absent on messages that stay.</param>
/// <param name="Poll">Present on polls.</param>
/// <param name="MyVotes">Positions of what you chose in it; absent without a vote, and in what is pushed, as <paramref name="MyReaction"/>.</param>
/// <param name="Pinned">True while the chat has it pinned; absent otherwise.</param>
/// <param name="ReplyTo">Present where it answers another message.</param>
/// <param name="Forwarded">Where it was written first; absent where that is here.</param>
/// <param name="Mentions">Who is named in it; absent where nobody is.</param>
/// <param name="Media">Present on messages that hold a file.</param>
/// <param name="Location">Present on messages of this type, as the next.</param>
public sealed record MessageView(
    long ChatId,
    long MessageId,
    long SenderId,
    Guid? ClientMessageId,
    string Type,
    string? Text,
    SystemMessageView? System,
    DateTime SentAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ChangeId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? EditedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? DeletedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Withheld = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ReactionCountView>? Reactions = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? MyReaction = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Pinned = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReplyView? ReplyTo = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ForwardedView? Forwarded = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<long>? Mentions = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessageMediaView? Media = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] LocationView? Location = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ContactCardView? Contact = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Signature = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Views = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? ExpiresAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PollView? Poll = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? MyVotes = null);

/// <summary>What a system message records; who did it is the message's sender, where that is told.</summary>
/// <param name="Kind">See <see cref="SystemMessageKinds"/>; show a kind that you do not know as a plain event.</param>
/// <param name="UserIds">Whom it was done to; empty where nobody.</param>
/// <param name="Title">The group's title, where the event is about it.</param>
/// <param name="MessageId">The message that was pinned; absent where the event is about something else.</param>
/// <param name="Seconds">How long messages stay from then on; absent for good, and where the event is about something else.</param>
public sealed record SystemMessageView(
    string Kind, IReadOnlyList<long> UserIds, string? Title,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? MessageId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Seconds = null);

/// <param name="ClientMessageId">Your name for this message: a UUID, the same on every retry. A repeated send returns the first result.</param>
/// <param name="Text">1–4,096 UTF-16 code units; not only white space; no control characters but tab and line breaks. A message of type <c>text</c> needs one, a file may have one as its caption, places and contacts have none.</param>
/// <param name="Type">One of <see cref="MessageTypes"/> but <c>system</c>; absent: what the other fields make it, <c>text</c> without any.</param>
/// <param name="ReplyTo">The message of this chat that it answers; one that you may see, neither deleted nor a system message.</param>
/// <param name="MediaId">A file that you may see: an upload of yours, or one of a message. Makes it a message of the type that it was uploaded as.</param>
/// <param name="Mentions">Who is named in the text: 1–100 users. Those who are not in the chat, and you yourself, are passed over.</param>
/// <param name="Location">Makes it a message of type <c>location</c>.</param>
/// <param name="Contact">Makes it a message of type <c>contact</c>.</param>
/// <param name="Poll">Makes it a message of type <c>poll</c>.</param>
public sealed record SendMessageRequest(
    long ChatId, Guid ClientMessageId, string? Text = null, string? Type = null, long? MediaId = null, long? ReplyTo = null,
    IReadOnlyList<long>? Mentions = null, LocationView? Location = null, ContactCardView? Contact = null,
    PollDraft? Poll = null) : IHubRequest
{
    /// <summary>What the fields make the message. What a file was uploaded as they do not tell: then a type that files have.</summary>
    internal string TypeOfContent =>
        MediaId is not null ? Type ?? MessageTypes.Document
        : Location is not null ? MessageTypes.Location
        : Contact is not null ? MessageTypes.Contact
        : Poll is not null ? MessageTypes.Poll
        : MessageTypes.Text;

    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Uuid("clientMessageId", ClientMessageId);
        if (Type is null && MediaId is null && Location is null && Contact is null && Poll is null)
        {
            MessageTexts.Check(Text);
        }
        else
        {
            if (Type is not null) Check.OneOf("type", Type, MessageTypes.Sendable);
            if (MediaId is { } mediaId) Check.Id("mediaId", mediaId);
            Location?.Check("location");
            Contact?.Check("contact");
            Poll?.Check("poll");
            CheckFit(Type ?? TypeOfContent);
        }
        if (ReplyTo is { } replyTo) Check.Id("replyTo", replyTo);
        if (Mentions is not null) Check.Ids("mentions", Mentions, Limits.PageSize);
    }

    /// <summary>A message has what its type has, and nothing else.</summary>
    private void CheckFit(string type)
    {
        var isMedia = NewMessage.MediaTypes.Contains(type);
        CheckFit("mediaId", MediaId is not null, isMedia);
        CheckFit("location", Location is not null, type == MessageTypes.Location);
        CheckFit("contact", Contact is not null, type == MessageTypes.Contact);
        CheckFit("poll", Poll is not null, type == MessageTypes.Poll);
        if (type == MessageTypes.Text || (isMedia && Text is not null)) MessageTexts.Check(Text);
        else if (Text is not null) throw ChatException.Invalid("text", $"a message of type {type} has none");
    }

    private static void CheckFit(string field, bool present, bool wanted)
    {
        if (present && !wanted) throw ChatException.Invalid(field, "does not fit the type of the message");
        if (!present && wanted) throw ChatException.Invalid(field, "is required for this type");
    }
}

/// <param name="Duplicate">True when this <c>clientMessageId</c> had been stored before; nothing was written again.</param>
/// <param name="Withheld">As in <see cref="MessageView"/>; absent unless true.</param>
/// <param name="ExpiresAt">As in <see cref="MessageView"/>; absent on messages that stay.</param>
/// <param name="Signature">As in <see cref="MessageView"/>; absent on what is not signed, or was deleted meanwhile.</param>
public sealed record SendMessageResult(
    long ChatId, long MessageId, DateTime SentAt, bool Duplicate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Withheld = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? ExpiresAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Signature = null);

/// <summary>
/// A page of history. Give at most one of the three anchors; none means the latest page.
/// <c>aroundMessageId</c> returns messages on both sides of it, itself included.
/// </summary>
/// <param name="Limit">1–100, default 50.</param>
public sealed record ListMessagesRequest(
    long ChatId,
    long? BeforeMessageId = null,
    long? AfterMessageId = null,
    long? AroundMessageId = null,
    int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        var anchors = 0;
        foreach (var (field, anchor) in new[] { ("beforeMessageId", BeforeMessageId), ("afterMessageId", AfterMessageId), ("aroundMessageId", AroundMessageId) })
        {
            if (anchor is null) continue;
            Check.Position(field, anchor.Value);
            if (++anchors > 1) throw ChatException.Invalid(field, "give at most one of beforeMessageId, afterMessageId and aroundMessageId");
        }
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Messages">Ascending by message id. Ids missing in between are messages that you may not see.</param>
/// <param name="HasOlder">Whether older messages exist that you may see.</param>
/// <param name="HasNewer">Whether newer messages exist.</param>
public sealed record MessagePage(long ChatId, IReadOnlyList<MessageView> Messages, bool HasOlder, bool HasNewer);

/// <param name="AfterMessageId">The last id up to which you have everything; 0 for nothing.</param>
/// <param name="Limit">1–100, default 100.</param>
/// <param name="AfterChangeId">The last change up to which you have all; absent when you hold no messages of the chat yet.</param>
/// <param name="AfterHideId">Likewise for what you deleted for yourself.</param>
public sealed record SyncChatRequest(
    long ChatId, long AfterMessageId, int? Limit = null, long? AfterChangeId = null, long? AfterHideId = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Position("afterMessageId", AfterMessageId);
        if (AfterChangeId is { } change) Check.Position("afterChangeId", change);
        if (AfterHideId is { } hide) Check.Position("afterHideId", hide);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <summary>
/// What came after <c>afterMessageId</c>, and what changed after <c>afterChangeId</c> and <c>afterHideId</c> among the messages up to it.
/// Ask again with the <c>upTo…</c> values while <c>hasMore</c>.
/// </summary>
/// <param name="Messages">Ascending.</param>
/// <param name="UpToMessageId">You have everything that you may see up to this id, also where ids are missing in <paramref name="Messages"/>.</param>
/// <param name="LastMessageId">The chat's last id now.</param>
/// <param name="TooLong">The gap is larger than the server replays; <paramref name="Messages"/> is the latest page: drop what you have and start from it.</param>
/// <param name="Changes">
/// Messages up to <c>afterMessageId</c> that changed, as they are now, ascending by <c>changeId</c>; after them those of yours that were withheld.
/// Ignore those that you do not hold.
/// </param>
/// <param name="UpToChangeId">You have every change up to this one.</param>
/// <param name="LastChangeId">The chat's last change now.</param>
/// <param name="HiddenIds">Messages that you deleted for yourself: drop them.</param>
/// <param name="UpToHideId">You have all of these up to this one, and all changes of messages that were withheld.</param>
/// <param name="VisibleFrom">As in <see cref="ChatView"/>: drop what you hold from below it.</param>
public sealed record SyncChatResult(
    long ChatId,
    IReadOnlyList<MessageView> Messages,
    long UpToMessageId,
    long LastMessageId,
    bool HasMore,
    bool TooLong,
    WatermarksView Watermarks,
    IReadOnlyList<MessageView> Changes,
    long UpToChangeId,
    long LastChangeId,
    IReadOnlyList<long> HiddenIds,
    long UpToHideId,
    long VisibleFrom);

/// <summary>Message types as they stand on the wire and in the database.</summary>
public static class MessageTypes
{
    public const string Text = "text";
    public const string Image = "image";
    public const string Video = "video";
    public const string Audio = "audio";

    /// <summary>Audio that was recorded in the chat.</summary>
    public const string Voice = "voice";

    public const string Document = "document";
    public const string Location = "location";

    /// <summary>Somebody's card.</summary>
    public const string Contact = "contact";
    public const string Poll = "poll";

    public const string System = "system";

    /// <summary>What <c>SendMessage</c> takes.</summary>
    public static IReadOnlyList<string> Sendable { get; } = [Text, Image, Video, Audio, Voice, Document, Location, Contact, Poll];
}

/// <summary>Kinds of system messages as they stand on the wire and in the database.</summary>
public static class SystemMessageKinds
{
    public const string GroupCreated = "group_created";
    public const string ChannelCreated = "channel_created";
    public const string MembersAdded = "members_added";
    public const string MemberJoined = "member_joined";
    public const string MemberRemoved = "member_removed";
    public const string MemberLeft = "member_left";
    public const string OwnerChanged = "owner_changed";
    public const string AdminAdded = "admin_added";
    public const string AdminRemoved = "admin_removed";
    public const string PermissionsChanged = "permissions_changed";
    public const string TitleChanged = "title_changed";
    public const string DescriptionChanged = "description_changed";
    public const string PictureChanged = "picture_changed";
    public const string SlowModeChanged = "slow_mode_changed";
    public const string MessagePinned = "message_pinned";
    public const string DisappearingChanged = "disappearing_changed";
}
