using System.Text.Json.Serialization;
using Chat.Server.Errors;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>A message, with the fields of <see cref="SendMessageRequest"/>, and its time.</summary>
/// <param name="ClientMessageId">The message's name. A repeated call returns the first result; and the message, when it is sent, bears it.</param>
/// <param name="SendAt">UTC, to come; at most 366 days from now.</param>
/// <param name="MediaId">As in a send. An upload of yours is kept while the message waits.</param>
public sealed record ScheduleMessageRequest(
    long ChatId, Guid ClientMessageId, DateTime SendAt, string? Text = null, string? Type = null, long? ReplyTo = null,
    IReadOnlyList<long>? Mentions = null, LocationView? Location = null, ContactCardView? Contact = null,
    PollDraft? Poll = null, long? MediaId = null) : IHubRequest
{
    public void Validate()
    {
        ToSend().Validate();
        ScheduleTimes.Check(SendAt);
    }

    internal SendMessageRequest ToSend() => new(
        ChatId, ClientMessageId, Text, Type, MediaId, ReplyTo, Mentions, Location, Contact, Poll);
}

public sealed record ListScheduledRequest : IPageRequest
{
    public void Validate()
    {
    }
}

/// <param name="SendAt">UTC, to come; at most 366 days from now. One that failed is tried again then.</param>
public sealed record MoveScheduledRequest(long ScheduledId, DateTime SendAt) : IHubRequest
{
    public void Validate()
    {
        Check.Id("scheduledId", ScheduledId);
        ScheduleTimes.Check(SendAt);
    }
}

public sealed record CancelScheduledRequest(long ScheduledId) : IHubRequest
{
    public void Validate()
    {
        Check.Id("scheduledId", ScheduledId);
    }
}

/// <param name="Messages">All of yours, also those that failed; the next one first.</param>
public sealed record ScheduledMessageList(IReadOnlyList<ScheduledMessageView> Messages);

/// <summary>A message of yours that waits for its time.</summary>
/// <param name="SendAt">UTC.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="Message">What is to be sent.</param>
/// <param name="Failure">The error code that the send ended with; absent while it waits. It stays until you move or cancel it.</param>
/// <param name="Media">The message's file, as it was when the message was scheduled; absent without one.</param>
public sealed record ScheduledMessageView(
    long ScheduledId, long ChatId, DateTime SendAt, DateTime CreatedAt, SendMessageRequest Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Failure = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MessageMediaView? Media = null);

/// <summary>A message of yours that waits for its time was added, moved, canceled or sent, or failed.</summary>
/// <param name="State">See <see cref="ScheduledStates"/>.</param>
/// <param name="MessageId">The message, once it is sent; absent before.</param>
public sealed record ScheduledChangedEvent(
    string State, ScheduledMessageView Scheduled, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? MessageId = null);

/// <summary>What becomes of a scheduled message, as it stands on the wire.</summary>
public static class ScheduledStates
{
    public const string Waiting = "waiting";
    public const string Canceled = "canceled";
    public const string Sent = "sent";
    public const string Failed = "failed";
}

internal static class ScheduleTimes
{
    /// <exception cref="ChatException"/>
    public static void Check(DateTime sendAt)
    {
        if (sendAt == default) throw ChatException.Invalid("sendAt", "is required");
        if (sendAt.Kind is DateTimeKind.Unspecified) throw ChatException.Invalid("sendAt", "must say its time zone: 2026-01-31T12:00:00Z");
    }
}
