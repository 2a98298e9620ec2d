using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime;

/// <summary>Tells single connections of this node what they cannot have heard.</summary>
public sealed class ConnectionNotifier(IHubContext<ChatHub, IChatClient> hub, ILogger<ConnectionNotifier> logger)
{
    /// <param name="chatId">Null when pushes of any chat may have been lost.</param>
    public void Missed(string connectionId, long? chatId, string reason) =>
        hub.Clients.Client(connectionId).ResyncRequired(new ResyncRequiredEvent(chatId, reason)).Forget(logger);

    /// <summary>The user is no longer in the chat.</summary>
    public void Removed(string connectionId, long chatId) =>
        hub.Clients.Client(connectionId).ChatRemoved(new ChatRemovedEvent(chatId)).Forget(logger);
}
