using Chat.Server.Features.Channels;
using Chat.Server.Features.Chats;
using Chat.Server.Features.Groups;
using Chat.Server.Features.Messages;
using Chat.Server.Features.Presence;
using Chat.Server.Features.Receipts;
using Chat.Server.Features.Typing;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs;

/// <summary>
/// Everything that a client may call, one partial per feature. A method is thin: who calls, the service, the answer.
/// Requests arrive validated; what a service throws becomes the error of docs/protocol.md (both in <c>Filters/</c>).
/// </summary>
[Authorize]
public sealed partial class ChatHub(
    ConnectionLifecycle connections,
    ChatService chats,
    GroupService groups,
    ChannelService channels,
    RulingServices ruling,
    SendMessageService sendMessage,
    ForwardMessagesService forwardMessages,
    EditMessageService editMessage,
    HistoryService history,
    ReceiptService receipts,
    WatchPresenceService presence,
    TypingService typing,
    PeopleServices people,
    MarkServices marks,
    FindingServices finding) : Hub<IChatClient>
{
    public override Task OnConnectedAsync() => connections.ConnectedAsync(Context);

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Disconnected(Context);
        return Task.CompletedTask;
    }

    private long CallerId => Context.UserId();
}
