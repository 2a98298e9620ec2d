using Chat.Server.Hubs;

namespace Chat.Server.Tests.Properties;

/// <summary>Bans, invites, and requests to join.</summary>
internal sealed class DoorActs(Device device, CatchUp connected)
{
    private Scene Scene => device.Scene;

    private Doors Doors => device.Scene.Doors;

    public async Task<object?> DoAsync(Step step, long chat)
    {
        var userId = Scene.People[step.Target % Scene.People.Count].UserId;
        return step.Act switch
        {
            Act.Ban => await Doors.BanOf(chat, userId).SetAsync(
                true, () => connected.CallAsync<MembershipResult>(nameof(ChatHub.BanMember), new BanMemberRequest(chat, userId))),
            Act.Unban => await Doors.BanOf(chat, userId).SetAsync(
                false, () => connected.CallAsync<MembershipResult>(nameof(ChatHub.UnbanMember), new UnbanMemberRequest(chat, userId))),
            Act.CreateInvite => await InviteAsync(chat, step.Target),
            Act.RevokeInvite => await RevokeAsync(chat, step.Target),
            Act.JoinByInvite => await JoinAsync(step.Target),
            _ => await AnswerAsync(chat, step.Target),
        };
    }

    private async Task<object> InviteAsync(long chat, int target)
    {
        var (maxUses, needsApproval) = (target % 3 == 0 ? (int?)null : target % 3, target % 4 == 0);
        var made = await connected.CallAsync<CreateInviteResult>(
            nameof(ChatHub.CreateInvite), new CreateInviteRequest(chat, target % 2 == 0 ? 3600 : null, maxUses, needsApproval));
        Doors.Invites.Enqueue(new Invite(chat, made.InviteId, made.Code, maxUses, needsApproval));
        return made;
    }

    private async Task<object?> RevokeAsync(long chat, int target)
    {
        var invites = Doors.Invites.Where(i => i.ChatId == chat).ToList();
        if (invites.Count == 0) return null;
        var invite = invites[target % invites.Count];
        var revoked = await connected.CallAsync<RevokeInviteResult>(nameof(ChatHub.RevokeInvite), new RevokeInviteRequest(chat, invite.InviteId));
        invite.IsRevoked = true;
        return revoked;
    }

    private async Task<object?> JoinAsync(int target)
    {
        List<Invite> invites;
        // Mostly where one is not yet.
        lock (device.Gate) invites = [.. Doors.Invites.Where(i => target % 4 == 0 || !device.Chats.ContainsKey(i.ChatId))];
        if (invites.Count == 0) return null;
        var invite = invites[target % invites.Count];
        var (wasRevoked, ban) = (invite.IsRevoked, Doors.BanNow(invite.ChatId, device.Me));
        var preview = target % 3 == 0 ? await connected.CallAsync<InvitePreview>(nameof(ChatHub.PreviewInvite), new PreviewInviteRequest(invite.Code)) : null;
        var joined = await connected.CallAsync<JoinByInviteResult>(nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(invite.Code));
        if (wasRevoked) device.Findings.Fault($"{device.Name} used {invite}, which was revoked: {preview} {joined}");
        Doors.CameIn(invite.ChatId, device.Me, ban, $"by {invite}");
        if (!joined.Joined) Doors.Asked.TryAdd((invite.ChatId, device.Me), 0);
        if (joined.ChatId is { } chat)
            lock (device.Gate)
                connected.Meet(chat);
        return (invite, joined);
    }

    private async Task<object?> AnswerAsync(long chat, int target)
    {
        var waiting = (await connected.CallAsync<JoinRequestPage>(nameof(ChatHub.ListJoinRequests), new ListJoinRequestsRequest(chat))).Requests;
        if (waiting.Count == 0) return null;
        var userId = waiting[target % waiting.Count].User.UserId;
        if (!Doors.Asked.ContainsKey((chat, userId)) && Doors.Invites.All(i => i.ChatId != chat || !i.NeedsApproval))
            device.Findings.Fault($"{userId} waits to be let into chat {chat}, which has no invite that one would wait for.");
        Doors.Answered.TryAdd((chat, userId), 0);
        var ban = Doors.BanNow(chat, userId);
        var answered = await connected.CallAsync<MembershipResult>(
            nameof(ChatHub.AnswerJoinRequest), new AnswerJoinRequestRequest(chat, userId, target % 4 > 0));
        if (!answered.UserIds.Contains(userId)) return answered;
        Doors.LetInByAnswer.Enqueue(chat);
        Doors.CameIn(chat, userId, ban, "by an answer");
        return answered;
    }
}
