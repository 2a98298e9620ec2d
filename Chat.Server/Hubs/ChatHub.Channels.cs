using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Makes a channel that you own. A repeat with the same <c>clientChannelId</c> returns it.</summary>
    public Task<ChatView> CreateChannel(CreateChannelRequest request) => channels.CreateAsync(CallerId, request);

    /// <summary>Makes a channel public or private, its posts signed or not, for those with <c>change_info</c>.</summary>
    public Task<MembershipResult> UpdateChannel(UpdateChannelRequest request) => channels.UpdateAsync(CallerId, request);

    /// <summary>The public channel of a name.</summary>
    public Task<PublicChannelView> GetPublicChannel(GetPublicChannelRequest request) =>
        channels.FindPublicAsync(CallerId, request, Context.ConnectionAborted);

    /// <summary>What a public channel posts, for whoever thinks of joining.</summary>
    public Task<MessagePage> PreviewChannel(PreviewChannelRequest request) => channels.PreviewAsync(request, Context.ConnectionAborted);

    /// <summary>Joins a public channel. A repeat is free.</summary>
    public Task<ChatView> JoinChannel(JoinChannelRequest request) => channels.JoinAsync(CallerId, request);
}
