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

    public void Offline(IEnumerable<long> userIds, DateTime lastSeen)
    {
        foreach (var userId in userIds) Push(new PresenceView(userId, Online: false, lastSeen));
    }

    private void Push(PresenceView presence) =>
        hub.Clients.Group(GroupNames.Presence(presence.UserId)).PresenceChanged(presence).Forget(logger);
}
