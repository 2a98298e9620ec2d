using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Removes somebody for good: they come in by no way until they are unbanned. For those with <c>restrict_members</c>.</summary>
    public Task<MembershipResult> BanMember(BanMemberRequest request) => ruling.Bans.BanAsync(CallerId, request);

    /// <summary>Ends a ban, for those with <c>restrict_members</c>. It brings nobody back.</summary>
    public Task<MembershipResult> UnbanMember(UnbanMemberRequest request) => ruling.Bans.UnbanAsync(CallerId, request);

    /// <summary>Who is banned, for those with <c>restrict_members</c>.</summary>
    public Task<BannedPage> ListBanned(ListBannedRequest request) => ruling.Bans.ListAsync(CallerId, request, Context.ConnectionAborted);
}
