using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chat.Data.Groups;

/// <summary>How a change of a group ended.</summary>
public enum GroupOutcome
{
    Done,

    /// <summary>Nothing had to be changed.</summary>
    Unchanged,

    /// <summary>The chat does not exist, is no group or channel, or the actor is not in it.</summary>
    NotFound,

    /// <summary>The actor's role does not allow it.</summary>
    Forbidden,

    /// <summary>A user that was named does not exist, or is not in the group.</summary>
    UserNotFound,

    /// <summary>The group would have more members than allowed.</summary>
    TooManyMembers,

    /// <summary>Another channel is public under that name.</summary>
    NameTaken,

    /// <summary>Somebody who was to come in is banned.</summary>
    Banned,
}

/// <param name="MessageId">The (last) system message that records the change; null when nothing changed.</param>
/// <param name="UserIds">Whom it concerned; with <see cref="GroupOutcome.UserNotFound"/>, who is not there; with <see cref="GroupOutcome.Banned"/>, who is banned.</param>
public sealed record GroupChange(GroupOutcome Outcome, long ChatId, long? MessageId, IReadOnlyList<long> UserIds)
{
    public static GroupChange Refused(GroupOutcome outcome, long chatId, params IReadOnlyList<long> userIds) =>
        new(outcome, chatId, null, userIds);
}

/// <summary>The body of a system message, as JSON in <c>messages.body</c>.</summary>
public sealed record SystemBody(string Kind, IReadOnlyList<long> UserIds, string? Title)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The message that it is about.</summary>
    public long? MessageId { get; init; }

    /// <summary>How long messages stay from then on; null for good.</summary>
    public int? Seconds { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public static SystemBody? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<SystemBody>(json, Json);

    /// <summary>Whether it is about the chat, and not about people in it.</summary>
    internal bool IsAboutChat => Kind is "channel_created" or "title_changed" or "description_changed" or "picture_changed";
}
