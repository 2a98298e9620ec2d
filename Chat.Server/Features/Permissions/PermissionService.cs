using Chat.Data.Groups;
using Chat.Server.Errors;
using Chat.Server.Features.Groups;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Permissions;

/// <summary>Changes who may do what in a group. Rights are checked by the store, under the chat's lock, as <c>ChatRights</c> says.</summary>
public sealed class PermissionService(IGroupRoleStore roles, GroupAnnouncer announcer)
{
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>.</exception>
    public Task<MembershipResult> PromoteAsync(long actorId, PromoteMemberRequest request) =>
        ChangedAsync(actorId, roles.PromoteAsync(request.ChatId, actorId, request.UserId));

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>.</exception>
    public Task<MembershipResult> DemoteAsync(long actorId, DemoteMemberRequest request) =>
        ChangedAsync(actorId, roles.DemoteAsync(request.ChatId, actorId, request.UserId));

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>.</exception>
    public Task<MembershipResult> TransferAsync(long actorId, TransferOwnershipRequest request) =>
        ChangedAsync(actorId, roles.TransferAsync(request.ChatId, actorId, request.UserId));

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>.</exception>
    public Task<MembershipResult> SetAsync(long actorId, SetMemberPermissionsRequest request)
    {
        var permissions = request.Permissions is { } names ? PermissionLists.Read("permissions", names) : (Data.Permissions.ChatPermissions?)null;
        return ChangedAsync(actorId, roles.SetPermissionsAsync(request.ChatId, actorId, request.UserId, permissions));
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>.</exception>
    public async Task<MembershipResult> SetDefaultsAsync(long actorId, SetDefaultPermissionsRequest request)
    {
        var change = (await roles.SetDefaultsAsync(request.ChatId, actorId, PermissionLists.Read("permissions", request.Permissions))).Accepted("permissions");
        if (change.Outcome is GroupOutcome.Done) await announcer.AnnounceAsync(change.ChatId, actorId);
        return change.ToResult();
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>.</exception>
    public Task<MembershipResult> MuteAsync(long actorId, SilenceMemberRequest request) =>
        ChangedAsync(actorId, roles.MuteAsync(request.ChatId, actorId, request.UserId, TimeSpan.FromSeconds(request.Seconds ?? 0)));

    private async Task<MembershipResult> ChangedAsync(long actorId, Task<GroupChange> changing)
    {
        var change = (await changing).Accepted("userId");
        if (change.Outcome is GroupOutcome.Done) await announcer.AnnounceMembersAsync(change.ChatId, actorId, change.UserIds);
        return change.ToResult();
    }
}
