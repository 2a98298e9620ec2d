namespace Chat.Data.Messages;

/// <summary>A committed change of a message, with what a push of it needs.</summary>
/// <param name="Kind">See <see cref="ChangeKinds"/>.</param>
/// <param name="ActorId">Who did it; 0 in a channel, and where nobody did: the message expired.</param>
/// <param name="Row">The message after the change.</param>
public sealed record MessageChange(
    long ChatId, long ChangeId, string Kind, long ActorId, MessageRow Row, ChangeAudience Audience)
{
    /// <summary>Of a message that was withheld: its number among what is its sender's alone. <see cref="ChangeId"/> is 0 then.</summary>
    public long? HideId { get; init; }

    public ActorsPart Part { get; init; } = ActorsPart.None;

    /// <summary>Who did it, where <see cref="Part"/> is told to that person alone: in a channel, and in an anonymous poll. Null elsewhere.</summary>
    public long? UntoldActorId { get; init; }
}

/// <summary>
/// What the actor made of their own part in the message. A push is the same for everybody and so says nothing of what is each reader's own;
/// by this the actor's other devices know theirs.
/// </summary>
public sealed record ActorsPart
{
    public static ActorsPart None { get; } = new();

    /// <summary>The actor's reaction; null for none any more, and where the change is about something else.</summary>
    public string? Emoji { get; init; }

    /// <summary>What the actor chose in a poll, one bit an option; null where the change is about something else.</summary>
    public int? Votes { get; init; }

    /// <summary>Whether others must not learn who the actor is.</summary>
    public bool IsAnonymous { get; init; }
}

/// <param name="UserIds">Who is in the chat; empty where nobody need be named: a group in which everybody may see the message.</param>
/// <param name="Unseeing">Those in the chat who may not see the message: they learn its number, so that they do not look for it.</param>
public sealed record ChangeAudience(IReadOnlyList<long> UserIds, IReadOnlyList<long> Unseeing);

/// <summary>Values of <c>message_changes.change_kind</c>, as they stand on the wire.</summary>
public static class ChangeKinds
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
