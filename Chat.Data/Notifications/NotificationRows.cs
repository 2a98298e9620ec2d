namespace Chat.Data.Notifications;

/// <summary>Values of <c>notifications.kind</c>, as they stand on the wire.</summary>
public static class NotificationTypes
{
    /// <summary>Messages of a chat: one notification a chat.</summary>
    public const string Messages = "messages";

    /// <summary>A message names the person: one notification a message.</summary>
    public const string Mention = "mention";

    /// <summary>Somebody was added to a group.</summary>
    public const string Invite = "invite";

    /// <summary>Somebody asks to join a group where one may answer.</summary>
    public const string JoinRequest = "join_request";
}

/// <summary>Something that one person is to be told of.</summary>
/// <param name="SubjectId">Tells several of a kind in one chat apart; 0 where there is one.</param>
/// <param name="MessageId">The newest message that it is about.</param>
/// <param name="ActorId">Who wrote, added or asks.</param>
/// <param name="ShowsPreview">Whether the person wants what was written to be shown.</param>
public sealed record Notification(
    long UserId, string Kind, long ChatId, long SubjectId, long? MessageId, long ActorId, DateTime RaisedAt, bool ShowsPreview = true);

/// <summary>Messages of one chat, all of them between two ids, the ends included.</summary>
/// <param name="Newest">Among them the newest of each sender.</param>
public sealed record MessageSpan(long ChatId, long First, long Last, IReadOnlyList<long> Newest)
{
    /// <summary>How far back from a message somebody to notify is looked for: a chat in which much is written notifies of the last of it.</summary>
    public const int MaxBack = 50;
}

/// <summary>Somebody who should hear of something, if their settings let it.</summary>
public sealed record ChatNews(string Kind, long ChatId, long SubjectId, long? MessageId, long ActorId, IReadOnlyList<long> UserIds);

/// <param name="Unread">Messages of the chat that the user has not read, at most 1,000; 0 where it is about no messages.</param>
public sealed record UnreadNotificationRow(
    string Kind, long ChatId, long SubjectId, long? MessageId, DateTime RaisedAt, long ActorId, string ActorName, string? ActorUsername,
    string? ActorStatus, string? ActorProfilePictureUrl, long? ActorPictureMediaId, long VisibleFrom, long ReadUpTo, long LastMessageId,
    string ChatType, string Role)
{
    public long Unread { get; init; }
}

/// <summary>Where a page ended; the next one is older.</summary>
public sealed record NotificationPosition(DateTime RaisedAt, long ChatId, string Kind, long SubjectId);
