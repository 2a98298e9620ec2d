using System.Text.Json.Serialization;
using Chat.Data.Notifications;
using Chat.Server.Validation;

namespace Chat.Server.Hubs.Contract;

/// <summary>What you have not seen yet, newest first.</summary>
/// <param name="Cursor">Of the page before; null for the first one.</param>
/// <param name="Limit">1–100, default 50.</param>
public sealed record ListNotificationsRequest(string? Cursor = null, int? Limit = null) : IPageRequest
{
    public void Validate()
    {
        Check.OptionalText("cursor", Cursor, 1, 100);
        Check.Range("limit", Limit, 1, Limits.PageSize, Limits.PageSize);
    }
}

/// <param name="Cursor">For the next page; null when there is none.</param>
public sealed record NotificationPage(IReadOnlyList<NotificationView> Notifications, string? Cursor);

/// <param name="Kind">See <see cref="NotificationTypes"/>; leave out what you do not know.</param>
/// <param name="MessageId">The newest message that it is about; absent where it is about none.</param>
/// <param name="Actor">Who wrote, added you, or asks to join.</param>
/// <param name="RaisedAt">UTC, the last time.</param>
/// <param name="UnreadCount">Of <c>messages</c>: how many of the chat you have not read, at most 1,000.</param>
public sealed record NotificationView(
    string Kind, long ChatId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? MessageId,
    UserView Actor, DateTime RaisedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? UnreadCount = null);

/// <param name="ChatIds">1–100; absent or null for all chats. Others than yours are ignored.</param>
public sealed record MarkNotificationsReadRequest(IReadOnlyList<long>? ChatIds = null) : IHubRequest
{
    public void Validate()
    {
        if (ChatIds is not null) Check.Ids("chatIds", ChatIds, Limits.PageSize);
    }
}

/// <param name="Marked">How many were unmarked before.</param>
public sealed record MarkNotificationsResult(int Marked);

/// <summary>You are to be told of something that you have not read for a few seconds.</summary>
/// <param name="Kind">See <see cref="NotificationTypes"/>.</param>
/// <param name="MessageId">The newest message that it is about; null where it is about none.</param>
/// <param name="ActorId">Who wrote, added you, or asks to join.</param>
/// <param name="RaisedAt">UTC.</param>
public sealed record NotificationRaisedEvent(string Kind, long ChatId, long? MessageId, long ActorId, DateTime RaisedAt);
