using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Presence;

/// <summary>Tells those who watch somebody, and nobody else.</summary>
public sealed class PresenceNotifier(IHubContext<ChatHub, IChatClient> hub, ILogger<PresenceNotifier> logger)
{
    public void Online(IEnumerable<long> userIds)
    {
        foreach (var userId in userIds) Push(new PresenceView(userId, Online: true, LastSeen: null));
    }

    public void Offline(IEnumerable<PresenceEnd> ends)
    {
        foreach (var end in ends) Push(new PresenceView(end.UserId, Online: false, end.At));
    }

    private void Push(PresenceView presence) =>
        hub.Clients.Group(GroupNames.Presence(presence.UserId)).PresenceChanged(presence).Forget(logger);
}
