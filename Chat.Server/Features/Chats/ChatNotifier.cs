using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Chats;

/// <summary>Tells people of chats that appear, change or go away.</summary>
public sealed class ChatNotifier(IHubContext<ChatHub, IChatClient> hub, ILogger<ChatNotifier> logger)
{
    /// <summary>To everybody in a group or channel.</summary>
    public void Updated(ChatUpdatedEvent chat) =>
        hub.Clients.Group(GroupNames.Chat(chat.ChatId)).ChatUpdated(chat).Forget(logger);

    /// <summary>To some of those who are in a chat.</summary>
    public void Updated(ChatUpdatedEvent chat, IEnumerable<long> userIds) =>
        hub.Clients.Groups([.. userIds.Select(GroupNames.User)]).ChatUpdated(chat).Forget(logger);

    public void Removed(long chatId, IEnumerable<long> userIds) =>
        hub.Clients.Groups([.. userIds.Select(GroupNames.User)]).ChatRemoved(new ChatRemovedEvent(chatId)).Forget(logger);
}
