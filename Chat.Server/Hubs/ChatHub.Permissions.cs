using Chat.Server.Hubs.Contract;

namespace Chat.Server.Hubs;

public sealed partial class ChatHub
{
    /// <summary>Makes a member an admin, for those with <c>manage_roles</c>. Nobody gives more than they have.</summary>
    public Task<MembershipResult> PromoteMember(PromoteMemberRequest request) => permissions.PromoteAsync(CallerId, request);

    /// <summary>Makes an admin a member, for those with <c>manage_roles</c>.</summary>
    public Task<MembershipResult> DemoteMember(DemoteMemberRequest request) => permissions.DemoteAsync(CallerId, request);

    /// <summary>Makes a member the owner, for the owner, who becomes an admin.</summary>
    public Task<MembershipResult> TransferOwnership(TransferOwnershipRequest request) => permissions.TransferAsync(CallerId, request);

    /// <summary>Says what one member may do, for those with <c>manage_roles</c>.</summary>
    public Task<MembershipResult> SetMemberPermissions(SetMemberPermissionsRequest request) => permissions.SetAsync(CallerId, request);

    /// <summary>Says what members may do for whom nothing else is set, for those with <c>manage_roles</c>.</summary>
    public Task<MembershipResult> SetDefaultPermissions(SetDefaultPermissionsRequest request) => permissions.SetDefaultsAsync(CallerId, request);

    /// <summary>Keeps a member from sending for a time, for those with <c>restrict_members</c>.</summary>
    public Task<MembershipResult> SilenceMember(SilenceMemberRequest request) => permissions.MuteAsync(CallerId, request);
}
