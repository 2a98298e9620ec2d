using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Makes a group that you own. A repeat with the same <c>clientGroupId</c> returns it.</summary>
    public Task<ChatView> CreateGroup(CreateGroupRequest request) => groups.CreateAsync(CallerId, request);

    /// <summary>Adds members; for the owner. They see what is posted from then on.</summary>
    public Task<MembershipResult> AddMembers(AddMembersRequest request) => groups.AddMembersAsync(CallerId, request);

    /// <summary>Removes a member; for the owner.</summary>
    public Task<MembershipResult> RemoveMember(RemoveMemberRequest request) => groups.RemoveMemberAsync(CallerId, request);

    /// <summary>Leaves. When the owner leaves, the member who has been there longest takes over.</summary>
    public Task<MembershipResult> LeaveGroup(LeaveGroupRequest request) => groups.LeaveAsync(CallerId, request);
}
