using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>What you were notified of and have not seen.</summary>
    public Task<NotificationPage> ListNotifications(ListNotificationsRequest request) =>
        finding.Notifications.ListAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>You have seen notifications. What you read in a chat needs no such mark.</summary>
    public Task<MarkNotificationsResult> MarkNotificationsRead(MarkNotificationsReadRequest request) =>
        finding.Notifications.MarkReadAsync(CallerId, request);
}
