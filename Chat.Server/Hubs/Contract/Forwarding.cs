using System.Text.Json.Serialization;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>
/// Sends messages of one chat into others, as they are: each is a new message of yours there that says where it comes from. A reply becomes a plain
/// message, nobody is named in it, and a poll begins anew. You hear of them by <c>MessagePosted</c>.
/// </summary>
/// <param name="ClientForwardId">Your name for this call: a UUID, the same on every retry. What a repeated call stored before, it does not store again.</param>
/// <param name="MessageIds">1–100 messages that you may see; neither deleted ones nor system messages. They are sent in the order given.</param>
/// <param name="ToChatIds">1–10 chats of yours.</param>
public sealed record ForwardMessagesRequest(
    Guid ClientForwardId, long FromChatId, IReadOnlyList<long> MessageIds, IReadOnlyList<long> ToChatIds) : IHubRequest
{
    public void Validate()
    {
        Check.Uuid("clientForwardId", ClientForwardId);
        Check.Id("fromChatId", FromChatId);
        Check.Ids("messageIds", MessageIds, Limits.PageSize);
        Check.Ids("toChatIds", ToChatIds, Limits.ForwardTargets);
    }
}

/// <param name="Chats">One for each chat, in the order asked.</param>
public sealed record ForwardMessagesResult(IReadOnlyList<ForwardedIntoView> Chats);

/// <param name="Messages">What is stored there, in order.</param>
/// <param name="RefusedIds">Those of the messages that are not: you may not send them there.</param>
/// <param name="Error">Why the first of those was refused, as <c>code: text</c>; absent when none was.</param>
public sealed record ForwardedIntoView(
    long ChatId, IReadOnlyList<SendMessageResult> Messages, IReadOnlyList<long> RefusedIds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);

/// <summary>Where a message comes from; it keeps its first origin, however often it is forwarded.</summary>
/// <param name="ChatType">The kind of chat that it was written in, see <see cref="ChatTypes"/>. Which one is not told.</param>
/// <param name="SenderId">Who wrote it; absent where a channel did.</param>
/// <param name="Title">The channel's title, as it was then; absent elsewhere.</param>
public sealed record ForwardedView(
    string ChatType,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? SenderId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Title = null);
