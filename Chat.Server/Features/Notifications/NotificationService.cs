using Chat.Data.Notifications;
using Chat.Server.Errors;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Notifications;

/// <summary>What one person has not seen of what they were notified of.</summary>
public sealed class NotificationService(INotificationStore store, PrivacyService privacy, TimeProvider time)
{
    /// <exception cref="ChatException"><c>invalid</c>: no cursor of ours.</exception>
    public async Task<NotificationPage> ListAsync(long userId, ListNotificationsRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.DefaultPageSize;
        var before = request.Cursor is null ? null : NotificationCursor.Read(request.Cursor);
        var rows = await store.ListUnreadAsync(userId, before, limit + 1, cancellationToken);
        var page = rows.Take(limit).ToList();
        var actors = page.Select(row => new UserView(row.ActorId, row.ActorName, row.ActorUsername, row.ActorStatus, row.ActorProfilePictureUrl, row.ActorPictureMediaId)).ToList();
        var shown = await privacy.HideAsync(userId, actors, cancellationToken);
        return new NotificationPage(
            [.. page.Zip(shown, (row, actor) => new NotificationView(
                row.Kind, row.ChatId, row.MessageId, actor, row.RaisedAt, row.Unread > 0 ? (int)row.Unread : null))],
            rows.Count > limit ? NotificationCursor.Write(page[^1]) : null);
    }

    public async Task<MarkNotificationsResult> MarkReadAsync(long userId, MarkNotificationsReadRequest request) =>
        new(await store.MarkReadAsync(userId, request.ChatIds, time.GetUtcNow().UtcDateTime, CancellationToken.None));
}
