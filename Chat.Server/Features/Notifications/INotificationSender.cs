using Chat.Data.Notifications;

namespace Chat.Server.Features.Notifications;

/// <summary>
/// Brings notifications to devices that are not connected. Called off the message path, by one caller at a time on each node; what
/// it throws is logged, and the notifications stay in the list of unread ones. One may come twice, from two nodes.
/// </summary>
public interface INotificationSender
{
    /// <summary>Sends many at once. Whoever wants to show what was written reads the message, and only where <see cref="Notification.ShowsPreview"/>.</summary>
    Task SendAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken);
}

/// <summary>Sends nothing: connected devices hear <c>NotificationRaised</c>, and the others find the list when they come back.</summary>
internal sealed class NoNotificationSender : INotificationSender
{
    public Task SendAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken) => Task.CompletedTask;
}
