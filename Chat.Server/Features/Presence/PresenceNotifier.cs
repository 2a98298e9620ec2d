using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Presence;

/// <summary>Tells those who watch somebody, and nobody else.</summary>
public sealed class PresenceNotifier(IHubContext<ChatHub, IChatClient> hub, ILogger<PresenceNotifier> logger)
{
    public void Online(PresentUsers appeared)
    {
        foreach (var userId in appeared.UserIds) Push(new PresenceView(userId, Online: true, LastSeen: null, appeared.Revision));
    }

    public void Offline(IEnumerable<PresenceEnd> ends)
    {
        foreach (var end in ends) Push(new PresenceView(end.UserId, Online: false, end.At, end.Revision));
    }

    private void Push(PresenceView presence) =>
        hub.Clients.Group(GroupNames.Presence(presence.UserId)).PresenceChanged(presence).Forget(logger);
}
