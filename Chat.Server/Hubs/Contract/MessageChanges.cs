using System.Text.Json.Serialization;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>Replaces the text of a text message of yours, or the caption of a file, up to 48 hours after it was sent where the server says nothing else.</summary>
/// <param name="Text">As in <see cref="SendMessageRequest"/>; an empty one takes the caption of a file away.</param>
/// <param name="Mentions">Who is named in the new text, as in <see cref="SendMessageRequest"/>; absent: nobody.</param>
public sealed record EditMessageRequest(long ChatId, long MessageId, string Text, IReadOnlyList<long>? Mentions = null) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
        if (Text is not "") MessageTexts.Check(Text);
        if (Mentions is not null) Check.Ids("mentions", Mentions, Limits.PageSize);
    }
}

/// <param name="ChangeId">The change that it made, also told by <c>MessageChanged</c>; null when it was so already, and of a message that was withheld.</param>
/// <param name="HideId">The number of the change where the message was withheld, as in <see cref="MessageChangedEvent"/>; absent otherwise.</param>
public sealed record MessageChangeResult(
    long ChatId, long MessageId, long? ChangeId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? HideId = null);

/// <param name="MessageIds">1–100 messages; for everyone, all of them or none are deleted.</param>
/// <param name="ForEveryone">
/// Of your own messages up to 48 hours old (where the server says nothing else), or of anybody's for those who may. False: from your own sight alone, on all of your devices.
/// </param>
public sealed record DeleteMessagesRequest(long ChatId, IReadOnlyList<long> MessageIds, bool ForEveryone = false) : IHubRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Ids("messageIds", MessageIds, Limits.PageSize);
    }
}

/// <param name="ChangeId">The last change that it made; null when it made none.</param>
/// <param name="HideId">Your last hiding in the chat; deleted for everyone, the last change of messages that were withheld, or null.</param>
public sealed record DeleteMessagesResult(long ChatId, long? ChangeId, long? HideId);

/// <param name="Limit">1–100, default 100.</param>
public sealed record ListEditsRequest(long ChatId, long MessageId, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.Id("chatId", ChatId);
        Check.Id("messageId", MessageId);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Versions">The texts that the message had before its present one, oldest first; none once it is deleted.</param>
public sealed record MessageVersions(long ChatId, long MessageId, IReadOnlyList<MessageVersionView> Versions);

/// <param name="Text">Empty where the message had none.</param>
/// <param name="WrittenAt">UTC, when the message was sent, or edited into this.</param>
public sealed record MessageVersionView(string Text, DateTime WrittenAt);

/// <summary>A message is now another. Changes are numbered 1, 2, 3 … within their chat.</summary>
/// <param name="ActorId">Who did it; null where nobody did: the message expired.</param>
/// <param name="Kind">See <see cref="MessageChangeKinds"/>; null when you may not see the message, as <paramref name="ActorId"/> and <paramref name="Message"/>: only count the change.</param>
/// <param name="ActorId">Who did it; 0 in a channel.</param>
/// <param name="Message">As it is now, without what is your own in it: <c>myReaction</c> and <c>myVotes</c> are never there. They stay what they were, unless you are the actor.</param>
/// <param name="Emoji">The actor's reaction, where the kind is <c>reaction</c>; absent when it was taken back.</param>
/// <param name="Votes">What the actor chose, where the kind is <c>vote</c>. In an anonymous poll only the actor's own devices are told, and who the actor is.</param>
/// <param name="HideId">
/// Of a message of yours that was withheld: the number of the change, counted with what you have hidden in the chat; <paramref name="ChangeId"/> is 0
/// then. Absent otherwise.
/// </param>
public sealed record MessageChangedEvent(
    long ChatId, long ChangeId, string? Kind, long? ActorId, MessageView? Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Emoji = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Votes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? HideId = null);

/// <summary>You deleted messages for yourself, on this device or another: drop them.</summary>
/// <param name="HideId">
/// The number of the last one; they are numbered 1, 2, 3 … for you in this chat, together with changes of messages that were withheld.
/// </param>
public sealed record MessagesHiddenEvent(long ChatId, long HideId, IReadOnlyList<long> MessageIds);

/// <summary>Kinds of changes as they stand on the wire and in the database.</summary>
public static class MessageChangeKinds
{
    public const string Edited = "edited";
    public const string Deleted = "deleted";
    public const string Reaction = "reaction";
    public const string Pinned = "pinned";
    public const string Unpinned = "unpinned";
    public const string Expired = "expired";
    public const string Vote = "vote";
    public const string PollClosed = "poll_closed";
}

/// <summary>What a text must be, sent or edited.</summary>
internal static class MessageTexts
{
    /// <exception cref="ChatException"/>
    public static void Check(string? text)
    {
        Validation.Check.Text("text", text, 1, Limits.TextLength, allowNewLines: true);
        if (string.IsNullOrWhiteSpace(text)) throw ChatException.Invalid("text", "must not be only white space");
    }
}
