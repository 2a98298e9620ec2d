using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Messages;

/// <summary>Tells a person's devices what one of them deleted for that person alone.</summary>
public sealed class HidingNotifier(IHubContext<ChatHub, IChatClient> hub, ILogger<HidingNotifier> logger)
{
    public void Hidden(long userId, MessagesHiddenEvent hidden) =>
        hub.Clients.Group(GroupNames.User(userId)).MessagesHidden(hidden).Forget(logger);
}
