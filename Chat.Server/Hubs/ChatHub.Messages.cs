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

    /// <summary>Sends messages of one chat into others.</summary>
    public Task<ForwardMessagesResult> ForwardMessages(ForwardMessagesRequest request) =>
        forwardMessages.ForwardAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>Replaces the text of a message of yours.</summary>
    public Task<MessageChangeResult> EditMessage(EditMessageRequest request) => editMessage.EditAsync(CallerId, request);

    /// <summary>Deletes messages for everyone, or for yourself.</summary>
    public Task<DeleteMessagesResult> DeleteMessages(DeleteMessagesRequest request) => editMessage.DeleteAsync(CallerId, request);

    /// <summary>The texts that a message had before.</summary>
    public Task<MessageVersions> ListEdits(ListEditsRequest request) =>
        editMessage.ListEditsAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>A page of history.</summary>
    public Task<MessagePage> ListMessages(ListMessagesRequest request) =>
        history.ListAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>What came and changed since you were here.</summary>
    public Task<SyncChatResult> SyncChat(SyncChatRequest request) =>
        history.SyncAsync(CallerId, request, Context.ConnectionAborted);
}
