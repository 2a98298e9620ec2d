using Chat.Data.Bans;
using Chat.Data.Permissions;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Chats;
using Chat.Server.Features.Groups;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Bans;

/// <summary>Keeps people out of groups and channels. Rights are checked by the store, under the chat's lock.</summary>
public sealed class BanService(IBanStore bans, IRightsReader rights, ChatNotifier notifier, GroupAnnouncer announcer, PrivacyService privacy)
{
    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>, <c>invalid</c>.</exception>
    public async Task<MembershipResult> BanAsync(long actorId, BanMemberRequest request)
    {
        var change = (await bans.BanAsync(request.ChatId, actorId, request.UserId)).Accepted("userId");
        // Who was not in it is not told, and nobody of them.
        if (change.UserIds.Count > 0)
        {
            notifier.Removed(change.ChatId, change.UserIds);
            await announcer.AnnounceMembersAsync(request.ChatId, actorId, []);
        }
        return change.ToResult();
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>.</exception>
    public async Task<MembershipResult> UnbanAsync(long actorId, UnbanMemberRequest request) =>
        (await bans.UnbanAsync(request.ChatId, actorId, request.UserId)).Accepted("userId").ToResult();

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>.</exception>
    public async Task<BannedPage> ListAsync(long userId, ListBannedRequest request, CancellationToken cancellationToken)
    {
        var mine = await rights.FindAsync(request.ChatId, userId, cancellationToken);
        // Direct chats are answered as if there were none: there is nobody to keep out.
        if (mine is null or { ChatType: ChatTypes.Direct }) throw ChatException.ChatNotFound();
        if (!mine.MayDo(ChatAction.UnbanMember)) throw ChatException.Forbidden("you may not do this here");

        var limit = request.Limit ?? Limits.PageSize;
        var rows = await bans.ListAsync(request.ChatId, request.AfterUserId ?? 0, limit + 1, cancellationToken);
        var page = rows.Take(limit).ToList();
        var users = await privacy.HideAsync(
            userId, [.. page.Select(row => row.ToUser())], cancellationToken);
        return new BannedPage(request.ChatId, [.. page.Zip(users, (row, user) => new BannedView(user, row.BannedBy, row.BannedAt))], rows.Count > limit);
    }
}
