using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>How long new messages of a chat stay; in groups for those with <c>change_info</c>.</summary>
    public Task<SetDisappearingResult> SetDisappearing(SetDisappearingRequest request) => marks.Disappearing.SetAsync(CallerId, request);
}
