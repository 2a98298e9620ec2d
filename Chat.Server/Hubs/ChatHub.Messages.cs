using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>
    /// Stores a message; returns after the database commit. Calls of one connection into one chat are stored in the order
    /// in which they were made, also when their results are not awaited.
    /// </summary>
    public Task<SendMessageResult> SendMessage(SendMessageRequest request) =>
        sendMessage.SendAsync(CallerId, Context.ConnectionId, request);

    /// <summary>A page of history.</summary>
    public Task<MessagePage> ListMessages(ListMessagesRequest request) =>
        history.ListAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>What came after the last message that you have.</summary>
    public Task<SyncChatResult> SyncChat(SyncChatRequest request) =>
        history.SyncAsync(CallerId, request, Context.ConnectionAborted);
}
