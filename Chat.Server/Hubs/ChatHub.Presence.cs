using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Tells who of these users is online, and keeps telling this connection (<c>PresenceChanged</c>).</summary>
    public Task<WatchPresenceResult> WatchPresence(WatchPresenceRequest request) => presence.WatchAsync(Context, request.UserIds);

    /// <summary>Tells the others in a chat that you are typing, or no longer.</summary>
    public Task<SetTypingResult> SetTyping(SetTypingRequest request) => typing.SetAsync(CallerId, Context.ConnectionId, request);
}
