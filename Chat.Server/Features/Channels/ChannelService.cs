using Chat.Data.Channels;
using Chat.Data.Chats;
using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Chats;
using Chat.Server.Features.Groups;
using Chat.Server.Features.Messages;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;

namespace Chat.Server.Features.Channels;

/// <summary>
/// The rules of channels: making and finding them, subscribing. What they have in common with groups (title, admins, invites, removing somebody)
/// goes the groups' way. Rights are checked by the store, under the chat's lock.
/// </summary>
public sealed class ChannelService(
    IChannelStore channels,
    IChatHeadReader heads,
    ChatMembership membership,
    GroupAnnouncer announcer,
    ChatNotifier notifier,
    IAppendObserver messages)
{
    /// <summary>Goes on when its caller hangs up: who is in a channel that is committed must be subscribed and told.</summary>
    /// <exception cref="ChatException"><c>conflict</c>: the name is taken.</exception>
    public async Task<ChatView> CreateAsync(long ownerId, CreateChannelRequest request)
    {
        var channel = new NewChannel(
            request.Title.Trim(), request.Description?.Trim() is { Length: > 0 } text ? text : null, AccountRules.Username(request.Username), request.Signatures);
        var (change, message) = await channels.CreateAsync(ownerId, request.ClientChannelId, channel, CancellationToken.None);
        change.Accepted("username");
        if (message is not null)
        {
            // The chat is new, so no lane is concerned: what a lane would do is done here.
            await messages.MembersChangedAsync(change.ChatId, [ownerId]);
            await announcer.AnnounceToReaderAsync(change.ChatId, ownerId);
            messages.Committed([new StoredMessage(message, Roster: null, Origin: null)]);
        }
        return await GetAsync(change.ChatId, ownerId);
    }

    /// <exception cref="ChatException"><c>not_found</c>, <c>forbidden</c>; <c>conflict</c>: the name is taken.</exception>
    public async Task<MembershipResult> UpdateAsync(long actorId, UpdateChannelRequest request)
    {
        var username = request.Username is { Length: > 0 } name ? AccountRules.Username(name) : request.Username;
        var change = (await channels.UpdateAsync(request.ChatId, actorId, username, request.Signatures)).Accepted("username");
        if (change.Outcome is GroupOutcome.Done) await announcer.AnnounceAsync(request.ChatId, actorId);
        return change.ToResult();
    }

    /// <exception cref="ChatException"><c>not_found</c>.</exception>
    public async Task<PublicChannelView> FindPublicAsync(long userId, GetPublicChannelRequest request, CancellationToken cancellationToken)
    {
        var row = await channels.FindPublicAsync(AccountRules.Username(request.Username)!, userId, cancellationToken)
            ?? throw ChatException.NotFound("this channel");
        return new PublicChannelView(row.ChatId, row.Username, row.ChatName ?? "", row.Description, row.SubscriberCount, row.MyUserId is not null, row.PictureMediaId);
    }

    /// <exception cref="ChatException"><c>not_found</c> unless the channel is public.</exception>
    public async Task<MessagePage> PreviewAsync(PreviewChannelRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? Limits.DefaultPageSize;
        var before = request.BeforeMessageId ?? long.MaxValue;
        // One more than asked for tells whether there is more.
        var rows = await channels.PreviewAsync(request.ChatId, before, limit + 1, cancellationToken) ?? throw ChatException.ChatNotFound();
        var hasOlder = rows.Count > limit;
        return new MessagePage(
            request.ChatId, (hasOlder ? [.. rows.Skip(1)] : rows).ToViews(), hasOlder, HasNewer: request.BeforeMessageId is not null);
    }

    /// <summary>Goes on when its caller hangs up, as <see cref="CreateAsync"/> does.</summary>
    /// <exception cref="ChatException"><c>not_found</c> unless the channel is public, or the caller is in it already; <c>forbidden</c> for who is banned.</exception>
    public async Task<ChatView> JoinAsync(long userId, JoinChannelRequest request)
    {
        var change = (await channels.JoinAsync(request.ChatId, userId)).Accepted("chatId");
        // Also on a repeat: the first one may have been broken off after its commit.
        await membership.RefreshReadersAsync(request.ChatId, [userId]);
        if (change.Outcome is GroupOutcome.Done) await announcer.AnnounceToReaderAsync(request.ChatId, userId);
        // Read after the connections were subscribed, so that what is posted in between is in it or is pushed.
        return await GetAsync(request.ChatId, userId);
    }

    /// <summary>For one who reads it; those who run it leave as one leaves a group.</summary>
    /// <exception cref="ChatException"><c>not_found</c>.</exception>
    public async Task<MembershipResult> LeaveAsync(long userId, long chatId)
    {
        var change = (await channels.LeaveAsync(chatId, userId)).Accepted("chatId");
        await membership.RefreshReadersAsync(chatId, change.UserIds);
        notifier.Removed(chatId, change.UserIds);
        return change.ToResult();
    }

    private async Task<ChatView> GetAsync(long chatId, long userId) =>
        (await heads.FindAsync(chatId, userId, CancellationToken.None) ?? throw ChatException.ChatNotFound()).ToView();
}
