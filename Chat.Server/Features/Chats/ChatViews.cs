using Chat.Data.Chats;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Messages;
using Chat.Server.Hubs.Contract;

namespace Chat.Server.Features.Chats;

/// <summary>From rows to what clients see.</summary>
internal static class ChatViews
{
    public static ChatView ToView(this ChatHeadRow row) => new(
        row.ChatId,
        row.ChatType,
        row.ChatName,
        row.PeerUserId is { } peer
            ? new UserView(peer, row.PeerName!, row.PeerUsername, row.PeerStatus, row.PeerProfilePictureUrl, row.PeerPictureMediaId)
            : null,
        row.Role,
        (int)row.MemberCount,
        row.LastMessageId,
        row.LastMessage?.ToView(),
        new WatermarksView(row.DeliveredUpTo, row.ReadUpTo, row.OthersDeliveredUpTo, row.OthersReadUpTo),
        (int)row.UnreadCount,
        row.LastActivityAt,
        row.CreatedAt,
        new ChatSettingsView(row.MutedUntil, row.PinPosition, row.Archived, row.MarkedUnread, row.Draft, row.SettingsVersion),
        row.Description,
        PermissionNames.Of(ChatRights.Of(row.ChatType, (ChatPermissions)row.DefaultPermissions, row.Role, (ChatPermissions?)row.Allowed)),
        PermissionNames.Of(ChatRights.Of(row.ChatType, (ChatPermissions)row.DefaultPermissions, ParticipantRoles.Member, own: null)),
        row.SlowModeSeconds,
        row.SilencedUntil,
        row.LastChangeId,
        row.LastHideId,
        row.Username,
        row.Signatures,
        (int)row.UnreadMentions,
        row.DisappearSeconds,
        row.PictureMediaId,
        row.VisibleFrom);

    public static WatermarksView ToView(this ChatPosition position) =>
        new(position.DeliveredUpTo, position.ReadUpTo, position.OthersDeliveredUpTo, position.OthersReadUpTo);

    public static ParticipantView ToView(this ParticipantRow row) => new(
        row.ToUser(),
        row.Role, row.JoinedAt, row.DeliveredUpTo, row.ReadUpTo,
        row.Allowed is { } allowed ? PermissionNames.Of((ChatPermissions)allowed) : null, row.SilencedUntil);
}
