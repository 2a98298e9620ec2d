using Chat.Data.Chats;
using Chat.Data.Permissions;
using Chat.Server.Features.Notifications;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Invites;

/// <summary>Tells those who may answer that somebody asks to join, and the one who asked what became of it.</summary>
public sealed class InviteNotifier(
    IHubContext<ChatHub, IChatClient> hub, NotificationBacklog notifications, ILogger<InviteNotifier> logger)
{
    public void Requested(Roster roster, JoinRequestedEvent requested)
    {
        var admins = roster.Members.Values.Where(m => ChatRights.MayDo(ChatAction.ManageInvites, roster, m)).Select(m => m.UserId).ToList();
        notifications.JoinRequested(requested.ChatId, requested.UserId, admins);
        hub.Clients.Groups([.. admins.Select(GroupNames.User)]).JoinRequested(requested).Forget(logger);
    }

    public void Answered(long userId, JoinRequestAnsweredEvent answer) =>
        hub.Clients.Group(GroupNames.User(userId)).JoinRequestAnswered(answer).Forget(logger);
}
