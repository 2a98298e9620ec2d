using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>What is done in a chat: marks, who is in it with which rights, what it says of itself.</summary>
internal sealed class ChatActs(Device device, CatchUp connected)
{
    private static readonly string[] Wide = ["send_text", "send_media", "react", "pin", "add_members", "change_info", "manage_invites"];
    private static readonly string[] Narrow = ["send_text", "react"];

    private Scene Scene => device.Scene;

    public async Task<object?> DoAsync(Step step, long chat)
    {
        var person = step.Act is Act.AddMember ? Missing(step.Target, chat) : Scene.People[step.Target % Scene.People.Count];
        var userId = person.UserId;
        return step.Act switch
        {
            Act.MarkDelivered or Act.MarkRead => await MarkAsync(step, chat),
            Act.Leave => await LeaveAsync(chat),
            Act.JoinChannel => await JoinChannelAsync(),
            Act.Disappear => await connected.CallAsync<SetDisappearingResult>(
                nameof(ChatHub.SetDisappearing), new SetDisappearingRequest(chat, step.Target % 3 == 0 ? null : 86_400)),
            Act.AddMember => await AddAsync(chat, person),
            Act.RemoveMember => await Membership(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(chat, userId)),
            Act.Promote => await Membership(nameof(ChatHub.PromoteMember), new PromoteMemberRequest(chat, userId)),
            Act.Demote => await Membership(nameof(ChatHub.DemoteMember), new DemoteMemberRequest(chat, userId)),
            Act.TransferOwnership => await Membership(nameof(ChatHub.TransferOwnership), new TransferOwnershipRequest(chat, userId)),
            Act.SetDefaultPermissions => await Membership(
                nameof(ChatHub.SetDefaultPermissions), new SetDefaultPermissionsRequest(chat, step.Target % 3 == 0 ? Narrow : Wide)),
            Act.SetMemberPermissions => await Membership(
                nameof(ChatHub.SetMemberPermissions), new SetMemberPermissionsRequest(chat, userId, step.Target % 3 == 0 ? null : Wide)),
            Act.Silence => await Membership(nameof(ChatHub.SilenceMember), new SilenceMemberRequest(chat, userId, step.Target < 6 ? 3600 : null)),
            Act.Rename => await Membership(nameof(ChatHub.UpdateChatInfo), new UpdateChatInfoRequest(chat, Scene.NewText("title"), Scene.NewText("about"))),
            Act.ChannelName => await Membership(
                nameof(ChatHub.UpdateChannel), new UpdateChannelRequest(Scene.Channel, step.Target % 2 == 0 ? "" : Scene.ChannelName, step.Target % 3 == 0)),
            Act.ChatPicture => await Membership(nameof(ChatHub.SetChatPicture), new SetChatPictureRequest(
                chat, step.Target % 3 == 0 ? null : await Scene.Files.UploadAsync(device.Person, Files.Image(step.Target)))),
            _ => await Membership(nameof(ChatHub.SetSlowMode), new SetSlowModeRequest(chat, step.Target % 3 == 0 ? 1 : null)),
        };
    }

    /// <summary>Mostly somebody who is not in it, and rather who does not want to be.</summary>
    private Person Missing(int target, long chat)
    {
        List<Person> missing;
        lock (device.Gate)
        {
            var members = device.Chats.GetValueOrDefault(chat)?.Members.Select(m => m.User.UserId) ?? [];
            missing = [.. Scene.People.Where(p => target % 4 == 0 || !members.Contains(p.UserId))];
            if (target % 2 == 1 && missing.Exists(DoesNotWant)) missing.RemoveAll(p => !DoesNotWant(p));
        }
        return missing.Count > 0 ? missing[target % missing.Count] : Scene.People[target % Scene.People.Count];
    }

    private static bool DoesNotWant(Person person) => person.GroupsFor.Fact is { Value: Audiences.Nobody };

    private Task<MembershipResult> Membership(string method, object request) => connected.CallAsync<MembershipResult>(method, request);

    private async Task<object> LeaveAsync(long chat)
    {
        var left = await Membership(nameof(ChatHub.LeaveGroup), new LeaveGroupRequest(chat));
        lock (device.Gate) connected.Left(chat);
        return left;
    }

    private async Task<object> JoinChannelAsync()
    {
        var ban = Scene.Doors.BanNow(Scene.Channel, device.Me);
        var joined = await connected.CallAsync<ChatView>(nameof(ChatHub.JoinChannel), new JoinChannelRequest(Scene.Channel));
        Scene.Doors.CameIn(Scene.Channel, device.Me, ban, "by the channel's name");
        lock (device.Gate) connected.Meet(joined.ChatId);
        return joined.ChatId;
    }

    private async Task<object> AddAsync(long chat, Person person)
    {
        var (ban, allowed) = (Scene.Doors.BanNow(chat, person.UserId), person.GroupsFor.Fact);
        var added = await Membership(nameof(ChatHub.AddMembers), new AddMembersRequest(chat, [person.UserId]));
        if (!added.UserIds.Contains(person.UserId)) return added;
        Scene.Doors.CameIn(chat, person.UserId, ban, "by being added");
        if (allowed is { Value: Audiences.Nobody } && ReferenceEquals(allowed, person.GroupsFor.Fact) && allowed.IsOlderThan(Scene.HearsLonger))
            device.Findings.Fault($"{person.Name} lets nobody add them to groups, and {device.Name} did: {added}");
        return added;
    }

    private async Task<object?> MarkAsync(Step step, long chat)
    {
        long upTo;
        WatermarksView known;
        lock (device.Gate)
        {
            if (!device.Chats.TryGetValue(chat, out var held)) return null;
            (upTo, known) = (held.Messages.UpTo - (step.Target % 3), held.Watermarks);
        }
        if (upTo < 1) return null;
        var isRead = step.Act is Act.MarkRead;
        if (isRead) device.Person.Readings.Find(r => r.ChatId == chat)?.Marks(device.Me, upTo);
        var marks = await connected.CallAsync<MarkResult>(isRead ? nameof(ChatHub.MarkRead) : nameof(ChatHub.MarkDelivered), new MarkRequest(chat, upTo));
        lock (device.Gate) device.Chats.GetValueOrDefault(chat)?.ApplyOwnMarks(marks);
        var read = isRead ? Math.Max(upTo, known.ReadUpTo) : known.ReadUpTo;
        if (marks.DeliveredUpTo < Math.Max(upTo, known.DeliveredUpTo) || marks.ReadUpTo < read)
            device.Findings.Fault($"{device.Name} knew of {known}, marked up to {upTo}, and was answered {marks}.");
        return marks;
    }
}
