using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Makes a member an admin, for those with <c>manage_roles</c>. Nobody gives more than they have.</summary>
    public Task<MembershipResult> PromoteMember(PromoteMemberRequest request) => ruling.Permissions.PromoteAsync(CallerId, request);

    /// <summary>Makes an admin a member, for those with <c>manage_roles</c>.</summary>
    public Task<MembershipResult> DemoteMember(DemoteMemberRequest request) => ruling.Permissions.DemoteAsync(CallerId, request);

    /// <summary>Makes a member the owner, for the owner, who becomes an admin.</summary>
    public Task<MembershipResult> TransferOwnership(TransferOwnershipRequest request) => ruling.Permissions.TransferAsync(CallerId, request);

    /// <summary>Says what one member may do, for those with <c>manage_roles</c>.</summary>
    public Task<MembershipResult> SetMemberPermissions(SetMemberPermissionsRequest request) => ruling.Permissions.SetAsync(CallerId, request);

    /// <summary>Says what members may do for whom nothing else is set, for those with <c>manage_roles</c>.</summary>
    public Task<MembershipResult> SetDefaultPermissions(SetDefaultPermissionsRequest request) => ruling.Permissions.SetDefaultsAsync(CallerId, request);

    /// <summary>Keeps a member from sending for a time, for those with <c>restrict_members</c>.</summary>
    public Task<MembershipResult> SilenceMember(SilenceMemberRequest request) => ruling.Permissions.MuteAsync(CallerId, request);
}
