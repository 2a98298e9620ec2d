using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Pins a message for everybody in the chat, for those with <c>pin</c>.</summary>
    public Task<MessageChangeResult> PinMessage(PinMessageRequest request) => marks.Pins.PinAsync(CallerId, request);

    /// <summary>Unpins a message, for those with <c>pin</c>.</summary>
    public Task<MessageChangeResult> UnpinMessage(UnpinMessageRequest request) => marks.Pins.UnpinAsync(CallerId, request);

    /// <summary>The pinned messages of a chat.</summary>
    public Task<PinnedPage> ListPinned(ListPinnedRequest request) => marks.Pins.ListAsync(CallerId, request, Context.ConnectionAborted);
}
