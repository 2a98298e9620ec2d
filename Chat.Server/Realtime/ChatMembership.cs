using Chat.Server.Hubs;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime;

/// <summary>Lets the connections of users follow their membership of a chat.</summary>
public sealed class ChatMembership(ConnectionRegistry registry, IHubContext<ChatHub, IChatClient> hub)
{
    public async Task JoinedAsync(long chatId, IEnumerable<long> userIds)
    {
        foreach (var userId in userIds)
        {
            registry.MembershipChanged(userId);
            foreach (var connection in registry.Of(userId))
                await hub.Groups.AddToGroupAsync(connection.ConnectionId, GroupNames.Chat(chatId));
        }
    }

    public async Task LeftAsync(long chatId, IEnumerable<long> userIds)
    {
        foreach (var userId in userIds)
        {
            registry.MembershipChanged(userId);
            foreach (var connection in registry.Of(userId))
                await hub.Groups.RemoveFromGroupAsync(connection.ConnectionId, GroupNames.Chat(chatId));
        }
    }
}
