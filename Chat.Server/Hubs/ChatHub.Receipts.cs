using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Your device holds everything up to this message.</summary>
    public Task<MarkResult> MarkDelivered(MarkRequest request) => receipts.MarkAsync(CallerId, Context.ConnectionId, request, read: false);

    /// <summary>You have seen everything up to this message.</summary>
    public Task<MarkResult> MarkRead(MarkRequest request) => receipts.MarkAsync(CallerId, Context.ConnectionId, request, read: true);

    /// <summary>Who got and read a message of yours, and when.</summary>
    public Task<MessageInfo> GetMessageInfo(GetMessageInfoRequest request) =>
        receipts.GetMessageInfoAsync(CallerId, request, Context.ConnectionAborted);
}
