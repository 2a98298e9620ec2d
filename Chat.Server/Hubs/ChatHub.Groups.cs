using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Makes a group that you own. A repeat with the same <c>clientGroupId</c> returns it.</summary>
    public Task<ChatView> CreateGroup(CreateGroupRequest request) => groups.CreateAsync(CallerId, request);

    /// <summary>Adds members, for those with <c>add_members</c>. They see what is posted from then on.</summary>
    public Task<MembershipResult> AddMembers(AddMembersRequest request) => groups.AddMembersAsync(CallerId, request);

    /// <summary>Removes a member, for those with <c>restrict_members</c>.</summary>
    public Task<MembershipResult> RemoveMember(RemoveMemberRequest request) => groups.RemoveMemberAsync(CallerId, request);

    /// <summary>
    /// Leaves a group or channel. When the owner leaves, the admin who has been there longest takes over, or where there is none, the member; a
    /// channel without admins is closed then.
    /// </summary>
    public Task<MembershipResult> LeaveGroup(LeaveGroupRequest request) => groups.LeaveAsync(CallerId, request);

    /// <summary>Changes title or description, for those with <c>change_info</c>.</summary>
    public Task<MembershipResult> UpdateChatInfo(UpdateChatInfoRequest request) => groups.UpdateInfoAsync(CallerId, request);

    /// <summary>Gives a group or channel a picture, or takes it away, for those with <c>change_info</c>.</summary>
    public Task<MembershipResult> SetChatPicture(SetChatPictureRequest request) => ruling.Pictures.SetAsync(CallerId, request);

    /// <summary>Makes members wait between their messages, for those with <c>change_info</c>.</summary>
    public Task<MembershipResult> SetSlowMode(SetSlowModeRequest request) => groups.SetSlowModeAsync(CallerId, request);
}
