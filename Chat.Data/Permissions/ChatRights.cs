using System.Collections.Frozen;
using Chat.Data.Chats;

namespace Chat.Data.Permissions;

/// <summary>
/// Who may do what in which kind of chat: the only place that knows. Pure, so that a send is checked against a cached roster and once more
/// under the chat's lock by the same rules. A role gives permissions (<see cref="Of"/>), an action needs some (<see cref="MayDo"/>), and an
/// action on somebody also needs that one may act on that person (<see cref="MayActOn"/>).
/// </summary>
public static class ChatRights
{
    public const ChatPermissions Everything = (ChatPermissions)0x3FF;

    /// <summary>What the members of a new group may do.</summary>
    public const ChatPermissions GroupMembers = ChatPermissions.SendText | ChatPermissions.SendMedia | ChatPermissions.React;

    /// <summary>What the readers of a new channel may do.</summary>
    public const ChatPermissions ChannelReaders = ChatPermissions.React;

    private const ChatPermissions MostForMembers =
        GroupMembers | ChatPermissions.AddMembers | ChatPermissions.ChangeInfo | ChatPermissions.Pin | ChatPermissions.ManageInvites;

    /// <summary>What a new admin may do: everything, except to make others admins.</summary>
    public const ChatPermissions Admins = Everything & ~ChatPermissions.ManageRoles;

    /// <summary>The two of a direct chat are equals, and there is nothing to manage.</summary>
    private const ChatPermissions DirectPeers = GroupMembers | ChatPermissions.Pin;

    // What an action needs, where anything but being in the chat. In a direct chat only what is listed there exists at all.
    private static readonly FrozenDictionary<ChatAction, ChatPermissions> Needs = new Dictionary<ChatAction, ChatPermissions>
    {
        [ChatAction.SendText] = ChatPermissions.SendText,
        [ChatAction.SendMedia] = ChatPermissions.SendMedia,
        // Whoever may no longer send may not go on talking by edits; taking back is always fine.
        [ChatAction.EditOwnMessage] = ChatPermissions.SendText,
        [ChatAction.DeleteOwnMessage] = ChatPermissions.None,
        [ChatAction.DeleteOthersMessage] = ChatPermissions.DeleteMessages,
        [ChatAction.React] = ChatPermissions.React,
        [ChatAction.Pin] = ChatPermissions.Pin,
        [ChatAction.AddMembers] = ChatPermissions.AddMembers,
        [ChatAction.RemoveMember] = ChatPermissions.RestrictMembers,
        [ChatAction.BanMember] = ChatPermissions.RestrictMembers,
        [ChatAction.UnbanMember] = ChatPermissions.RestrictMembers,
        [ChatAction.SilenceMember] = ChatPermissions.RestrictMembers,
        [ChatAction.ChangeInfo] = ChatPermissions.ChangeInfo,
        [ChatAction.SetSlowMode] = ChatPermissions.ChangeInfo,
        [ChatAction.SetDisappearing] = ChatPermissions.ChangeInfo,
        [ChatAction.ManageInvites] = ChatPermissions.ManageInvites,
        [ChatAction.Promote] = ChatPermissions.ManageRoles,
        [ChatAction.Demote] = ChatPermissions.ManageRoles,
        [ChatAction.SetMemberPermissions] = ChatPermissions.ManageRoles,
        [ChatAction.SetDefaultPermissions] = ChatPermissions.ManageRoles,
        [ChatAction.TransferOwnership] = ChatPermissions.None,
        [ChatAction.Leave] = ChatPermissions.None,
    }.ToFrozenDictionary();

    private static readonly FrozenSet<ChatAction> OfDirectChats = new[]
    {
        ChatAction.SendText, ChatAction.SendMedia, ChatAction.EditOwnMessage, ChatAction.DeleteOwnMessage, ChatAction.React, ChatAction.Pin,
    }.ToFrozenSet();

    // A channel's readers do not write, so there is nobody to slow down or to silence.
    private static readonly FrozenSet<ChatAction> NotOfChannels = new[] { ChatAction.SetSlowMode, ChatAction.SilenceMember }.ToFrozenSet();

    /// <summary>What a participant may do.</summary>
    /// <param name="defaults">What the chat lets its members do.</param>
    /// <param name="own">What this participant may do instead, where that was set.</param>
    public static ChatPermissions Of(string chatType, ChatPermissions defaults, string role, ChatPermissions? own) => chatType switch
    {
        "direct" => DirectPeers,
        _ when role == "owner" => Everything,
        _ => own ?? (role == "admin" ? Admins : defaults),
    };

    /// <summary>Whether a participant with these permissions may do this.</summary>
    public static bool MayDo(ChatAction action, string chatType, string role, ChatPermissions permissions)
    {
        // Either of the two, who have nothing else to change there.
        if (chatType == "direct" && action is ChatAction.SetDisappearing) return true;
        if (chatType == "direct" && !OfDirectChats.Contains(action)) return false;
        if (chatType == "channel" && NotOfChannels.Contains(action)) return false;
        if (action is ChatAction.TransferOwnership && role != "owner") return false;
        return permissions.HasFlag(Needs[action]);
    }

    /// <summary>Whether somebody in the chat may do this, as the roster says.</summary>
    public static bool MayDo(ChatAction action, Roster roster, RosterMember member) =>
        MayDo(action, roster.ChatType, member.Role, Of(roster.ChatType, roster.DefaultPermissions, member.Role, member.Permissions));

    /// <summary>Whether one who may do something to members may do it to this one: never to the owner, and to admins only with the right to manage roles.</summary>
    public static bool MayActOn(string actorRole, ChatPermissions actor, string targetRole) => targetRole switch
    {
        "owner" => false,
        "admin" => actorRole == "owner" || actor.HasFlag(ChatPermissions.ManageRoles),
        _ => true,
    };

    /// <summary>Nobody gives what they do not have.</summary>
    public static bool MayGrant(ChatPermissions actor, ChatPermissions before, ChatPermissions after) =>
        actor.HasFlag((before ^ after) & Everything);

    /// <summary>Whether everybody in such a chat may be given this: what is done to others is not for everybody, and in a channel few write.</summary>
    public static bool MayBeDefault(string chatType, ChatPermissions permissions) =>
        (permissions & ~(chatType == "channel" ? ChannelReaders : MostForMembers)) == ChatPermissions.None;

    /// <summary>Whether one in this role may be given this: a channel's readers no more than all of them may, since only those who run it write.</summary>
    public static bool MayHold(string chatType, string role, ChatPermissions permissions) =>
        chatType != "channel" || role != "member" || MayBeDefault(chatType, permissions);

    /// <summary>What sending a message of this type is.</summary>
    public static ChatAction Sending(string messageType) => messageType == "text" ? ChatAction.SendText : ChatAction.SendMedia;

    /// <summary>Owners and admins are not slowed down.</summary>
    public static bool IsSlowedDown(string role) => role == "member";
}
