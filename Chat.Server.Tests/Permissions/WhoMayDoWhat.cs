using System.Globalization;
using Chat.Data.Permissions;

namespace Chat.Server.Tests.Permissions;

/// <summary>Role × action × kind of chat, in full: what each may do where nothing else is set, written out by hand.</summary>
[TestFixture]
public sealed class WhoMayDoWhat
{
    // o: the owner, a: an admin, m: a member (of a channel: a reader); of a direct chat, both are members.
    private static readonly Dictionary<ChatAction, (string Direct, string Group, string Channel)> Table = new()
    {
        [ChatAction.SendText] = ("m", "oam", "oa"),
        [ChatAction.SendMedia] = ("m", "oam", "oa"),
        [ChatAction.EditOwnMessage] = ("m", "oam", "oa"),
        [ChatAction.DeleteOwnMessage] = ("m", "oam", "oam"),
        [ChatAction.DeleteOthersMessage] = ("", "oa", "oa"),
        [ChatAction.React] = ("m", "oam", "oam"),
        [ChatAction.Pin] = ("m", "oa", "oa"),
        [ChatAction.AddMembers] = ("", "oa", "oa"),
        [ChatAction.RemoveMember] = ("", "oa", "oa"),
        [ChatAction.BanMember] = ("", "oa", "oa"),
        [ChatAction.UnbanMember] = ("", "oa", "oa"),
        [ChatAction.SilenceMember] = ("", "oa", ""),
        [ChatAction.ChangeInfo] = ("", "oa", "oa"),
        [ChatAction.SetSlowMode] = ("", "oa", ""),
        [ChatAction.SetDisappearing] = ("m", "oa", "oa"),
        [ChatAction.ManageInvites] = ("", "oa", "oa"),
        [ChatAction.Promote] = ("", "o", "o"),
        [ChatAction.Demote] = ("", "o", "o"),
        [ChatAction.SetMemberPermissions] = ("", "o", "o"),
        [ChatAction.SetDefaultPermissions] = ("", "o", "o"),
        [ChatAction.TransferOwnership] = ("", "o", "o"),
        [ChatAction.Leave] = ("", "oam", "oam"),
    };

    [Test]
    public void Every_action_is_in_the_table() => Assert.That(Table.Keys, Is.EquivalentTo(Enum.GetValues<ChatAction>()));

    [Test]
    public void Everything_holds_every_permission_and_each_has_a_name()
    {
        var all = Enum.GetValues<ChatPermissions>().Aggregate((a, b) => a | b);
        Assert.That(all, Is.EqualTo(ChatRights.Everything));
        Assert.That(PermissionNames.Of(all), Has.Count.EqualTo(Enum.GetValues<ChatPermissions>().Length - 1).And.EqualTo(PermissionNames.All));
        Assert.That(PermissionNames.Read(PermissionNames.All), Is.EqualTo(all));
        Assert.That(PermissionNames.Read(["send_text", "nothing"]), Is.Null);
    }

    [Test]
    public void The_matrix_holds([Values] ChatAction action, [Values("direct", "group", "channel")] string chatType, [Values("owner", "admin", "member")] string role)
    {
        if (chatType == "direct" && role != "member") return;
        var defaults = chatType == "channel" ? ChatRights.ChannelReaders : ChatRights.GroupMembers;
        var column = chatType switch { "direct" => Table[action].Direct, "group" => Table[action].Group, _ => Table[action].Channel };
        Assert.That(May(action, chatType, defaults, role, own: null), Is.EqualTo(column.Contains(role[0], StringComparison.Ordinal)));
    }

    [Test]
    public void What_is_set_for_one_stands_in_place_of_the_role([Values] ChatAction action, [Values("admin", "member")] string role)
    {
        Assert.That(
            May(action, "group", ChatRights.Everything, role, ChatPermissions.None),
            Is.EqualTo(action is ChatAction.DeleteOwnMessage or ChatAction.Leave), "nothing is left but to take back and to go");
        Assert.That(
            May(action, "group", ChatPermissions.None, role, ChatRights.Everything),
            Is.EqualTo(action is not ChatAction.TransferOwnership), "and everything but to give away what is the owner's");
    }

    [Test]
    public void In_a_channel_what_is_set_for_an_admin_stands_in_place_of_the_role([Values] ChatAction action)
    {
        var never = action is ChatAction.SetSlowMode or ChatAction.SilenceMember or ChatAction.TransferOwnership;
        Assert.That(
            May(action, "channel", ChatRights.Everything, "admin", ChatPermissions.None),
            Is.EqualTo(action is ChatAction.DeleteOwnMessage or ChatAction.Leave));
        Assert.That(May(action, "channel", ChatPermissions.None, "admin", ChatRights.Everything), Is.EqualTo(!never), "there is nobody to slow down or to silence");
        Assert.That(
            May(action, "channel", ChatRights.ChannelReaders, "member", ChatPermissions.None),
            Is.EqualTo(action is ChatAction.DeleteOwnMessage or ChatAction.Leave), "a reader who may not even react");
    }

    [TestCase("channel", "member", ChatPermissions.React, true)]
    [TestCase("channel", "member", ChatPermissions.None, true)]
    [TestCase("channel", "member", ChatPermissions.SendText, false)]
    [TestCase("channel", "member", ChatPermissions.ManageInvites, false)]
    [TestCase("channel", "admin", ChatRights.Everything, true)]
    [TestCase("group", "member", ChatRights.Everything, true)]
    public void What_one_may_be_given(string chatType, string role, ChatPermissions permissions, bool may) =>
        Assert.That(ChatRights.MayHold(chatType, role, permissions), Is.EqualTo(may));

    [Test]
    public void Nothing_is_taken_from_the_owner_and_nothing_given_in_a_direct_chat()
    {
        Assert.That(May(ChatAction.ManageInvites, "group", ChatPermissions.None, "owner", ChatPermissions.None), Is.True);
        Assert.That(May(ChatAction.AddMembers, "direct", ChatRights.Everything, "member", ChatRights.Everything), Is.False);
        Assert.That(May(ChatAction.SendText, "direct", ChatPermissions.None, "member", ChatPermissions.None), Is.True);
    }

    [TestCase("owner", "owner", false)]
    [TestCase("owner", "admin", true)]
    [TestCase("owner", "member", true)]
    [TestCase("admin", "owner", false)]
    [TestCase("admin", "admin", false)]
    [TestCase("admin", "member", true)]
    [TestCase("member", "owner", false)]
    [TestCase("member", "admin", false)]
    [TestCase("member", "member", true)]
    public void Whom_one_may_act_on(string actor, string target, bool may)
    {
        var permissions = ChatRights.Of("group", ChatRights.GroupMembers, actor, own: null);
        Assert.That(ChatRights.MayActOn(actor, permissions, target), Is.EqualTo(may));
        Assert.That(
            ChatRights.MayActOn(actor, permissions | ChatPermissions.ManageRoles, target), Is.EqualTo(target != "owner"),
            "with the right to manage roles, on everybody but the owner");
    }

    [Test]
    public void Nobody_gives_or_takes_what_they_do_not_have()
    {
        var actor = ChatPermissions.Pin | ChatPermissions.ManageRoles;
        Assert.That(ChatRights.MayGrant(actor, ChatPermissions.None, ChatPermissions.Pin), Is.True);
        Assert.That(ChatRights.MayGrant(actor, ChatPermissions.Pin | ChatPermissions.SendText, ChatPermissions.SendText), Is.True);
        Assert.That(ChatRights.MayGrant(actor, ChatPermissions.None, ChatPermissions.DeleteMessages), Is.False);
        Assert.That(ChatRights.MayGrant(actor, ChatPermissions.SendText, ChatPermissions.None), Is.False);
    }

    [TestCase("group", ChatRights.GroupMembers, true)]
    [TestCase("group", ChatPermissions.Pin | ChatPermissions.AddMembers | ChatPermissions.ChangeInfo | ChatPermissions.ManageInvites, true)]
    [TestCase("group", ChatPermissions.DeleteMessages, false)]
    [TestCase("group", ChatPermissions.RestrictMembers, false)]
    [TestCase("group", ChatPermissions.ManageRoles, false)]
    [TestCase("channel", ChatPermissions.React, true)]
    [TestCase("channel", ChatPermissions.None, true)]
    [TestCase("channel", ChatPermissions.SendText, false)]
    public void What_everybody_may_be_given(string chatType, ChatPermissions permissions, bool may) =>
        Assert.That(ChatRights.MayBeDefault(chatType, permissions), Is.EqualTo(may));

    [Test]
    public void The_numbers_in_the_database_stay_what_they_are() =>
        Assert.That(
            string.Join(' ', PermissionNames.All.Select(name => string.Create(CultureInfo.InvariantCulture, $"{name}={(int)PermissionNames.Read([name])!.Value}"))),
            Is.EqualTo(
                "send_text=1 send_media=2 react=4 add_members=8 change_info=16 pin=32 delete_messages=64 restrict_members=128 manage_invites=256 manage_roles=512"));

    private static bool May(ChatAction action, string chatType, ChatPermissions defaults, string role, ChatPermissions? own) =>
        ChatRights.MayDo(action, chatType, role, ChatRights.Of(chatType, defaults, role, own));
}
