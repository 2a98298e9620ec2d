using Chat.Data.Notifications;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Notifications;

/// <summary>Tells the connected devices of those who were notified: one push for everybody who hears the same.</summary>
public sealed class NotificationNotifier(IHubContext<ChatHub, IChatClient> hub, ILogger<NotificationNotifier> logger)
{
    public void Raised(IReadOnlyList<Notification> notifications)
    {
        foreach (var same in notifications.GroupBy(n => new NotificationRaisedEvent(
            n.Kind, n.ChatId, n.MessageId, n.ActorId, n.RaisedAt)))
            hub.Clients.Groups([.. same.Select(n => GroupNames.User(n.UserId))]).NotificationRaised(same.Key).Forget(logger);
    }
}
