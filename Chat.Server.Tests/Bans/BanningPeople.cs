using Chat.Server.Hubs;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Bans;

/// <summary>Who is banned is out and stays out, whichever way they try, until somebody lets them again.</summary>
[TestFixture]
public sealed class BanningPeople : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;

    [SetUp]
    public async Task Connect() => (_ann, _bob, _carol) = await AnnBobAndCarolAsync();

    [Test]
    public async Task A_member_is_removed_and_comes_back_by_no_way_until_unbanned()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        var invite = await InviteAsync(group);
        var asking = await InviteAsync(group, needsApproval: true);
        var banned = await BanAsync(_ann, group, _bob);
        Assert.That((banned.MessageId, banned.UserIds.Single()), Is.EqualTo(((long?)2, _bob.UserId)));
        await _bob.ChatsRemoved.WaitForAsync(c => c.ChatId == group);
        Assert.That((await _carol.ChatsUpdated.WaitForAsync(c => c.MemberCount == 2)).ChatId, Is.EqualTo(group));
        Assert.That((await _carol.CatchUpAsync(group))[^1].System!.Kind, Is.EqualTo(SystemMessageKinds.MemberRemoved));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.SyncChat), new SyncChatRequest(group, 0)), Does.StartWith("not_found: "));

        foreach (var code in new[] { invite, asking })
            Assert.That(await _bob.RefusalAsync(nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(code)), Does.StartWith("forbidden: "));
        await using var dave = await RegisterAsync("Dave");
        Assert.That(
            await _ann.RefusalAsync(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [dave.UserId, _bob.UserId])),
            Does.StartWith("forbidden: ").And.EndsWith($": {_bob.UserId}"));
        Assert.That((await _ann.GetChatAsync(group)).MemberCount, Is.EqualTo(2), "and nobody was added");

        var again = await BanAsync(_ann, group, _bob);
        Assert.That((again.MessageId, again.UserIds), Is.EqualTo(((long?)null, Array.Empty<long>())), "a repeat changes nothing");
        await UnbanAsync(_ann, group, _bob);
        await UnbanAsync(_ann, group, _bob);
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.GetChat), new GetChatRequest(group)), Does.StartWith("not_found: "), "it brings nobody back");
        await _bob.CallAsync<JoinByInviteResult>(nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(invite));
        Assert.That((await _bob.GetChatAsync(group)).MemberCount, Is.EqualTo(3));
    }

    [Test]
    public async Task A_plain_removal_stays_a_plain_removal()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        var invite = await InviteAsync(group);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.RemoveMember), new RemoveMemberRequest(group, _bob.UserId));
        Assert.That((await ListAsync(_ann, group)).Banned, Is.Empty);
        await _bob.CallAsync<JoinByInviteResult>(nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(invite));
    }

    [Test]
    public async Task Somebody_may_be_banned_before_they_come_and_a_request_of_theirs_is_dropped()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _carol.CallAsync<JoinByInviteResult>(nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(await InviteAsync(group, needsApproval: true)));
        var banned = await BanAsync(_ann, group, _carol);
        Assert.That((banned.MessageId, banned.UserIds), Is.EqualTo(((long?)null, Array.Empty<long>())));
        var waiting = await _ann.CallAsync<JoinRequestPage>(nameof(ChatHub.ListJoinRequests), new ListJoinRequestsRequest(group));
        Assert.That(waiting.Requests, Is.Empty);
        Assert.That(
            await _ann.RefusalAsync(nameof(ChatHub.AnswerJoinRequest), new AnswerJoinRequestRequest(group, _carol.UserId, true)), Does.StartWith("invalid: userId: "));
        Assert.That((await _ann.GetChatAsync(group)).LastMessageId, Is.EqualTo(1), "there was nothing to record");
        Assert.That(_carol.ChatsRemoved.All, Is.Empty);
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.BanMember), new BanMemberRequest(group, 987_654_321)), Does.StartWith("invalid: userId: "));
    }

    [Test]
    public async Task A_public_channel_is_not_joined_by_its_name()
    {
        var name = $"banning_{Guid.NewGuid():N}"[..20];
        var channel = (await _ann.CallAsync<ChatView>(nameof(ChatHub.CreateChannel), new CreateChannelRequest(Guid.NewGuid(), "News", Username: name))).ChatId;
        await JoinAsync(_bob, channel);
        await _bob.UntilInAsync(channel);
        Assert.That((await BanAsync(_ann, channel, _bob)).MessageId, Is.Null, "a channel does not record who comes and goes");
        await _bob.ChatsRemoved.WaitForAsync(c => c.ChatId == channel);
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.JoinChannel), new JoinChannelRequest(channel)), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(await InviteAsync(channel))), Does.StartWith("forbidden: "));
        Assert.That(await _ann.RefusalAsync(nameof(ChatHub.AddMembers), new AddMembersRequest(channel, [_bob.UserId])), Does.StartWith("forbidden: "));
        Assert.That((await _ann.GetChatAsync(channel)).MemberCount, Is.EqualTo(1));
        await _ann.SendAsync(channel, "for others");
        await UnbanAsync(_ann, channel, _bob);
        await JoinAsync(_bob, channel);
        Assert.That(_bob.Messages.All.Select(m => m.Text), Has.None.EqualTo("for others"));

        await BanAsync(_ann, channel, _bob);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.UpdateChannel), new UpdateChannelRequest(channel, Username: ""));
        Assert.That(await _bob.RefusalAsync(nameof(ChatHub.JoinChannel), new JoinChannelRequest(channel)), Does.StartWith("not_found: "), "of a private one it tells nothing");
    }

    [Test]
    public async Task Who_may_ban_whom_is_as_with_removals()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
        foreach (var (method, request) in new (string, object)[]
        {
            (nameof(ChatHub.BanMember), new BanMemberRequest(group, _carol.UserId)), (nameof(ChatHub.UnbanMember), new UnbanMemberRequest(group, _carol.UserId)),
            (nameof(ChatHub.ListBanned), new ListBannedRequest(group)),
        })
            Assert.That(await _bob.RefusalAsync(method, request), Does.StartWith("forbidden: "), $"{method} by a member");
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.PromoteMember), new PromoteMemberRequest(group, _bob.UserId));
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.PromoteMember), new PromoteMemberRequest(group, _carol.UserId));
        foreach (var (actor, target) in new[] { (_bob, _ann), (_bob, _carol), (_bob, _bob), (_ann, _ann) })
            Assert.That(await actor.RefusalAsync(nameof(ChatHub.BanMember), new BanMemberRequest(group, target.UserId)), Does.StartWith("forbidden: "));
        await BanAsync(_ann, group, _carol);
        await UnbanAsync(_bob, group, _carol);
        await _bob.CallAsync<MembershipResult>(nameof(ChatHub.AddMembers), new AddMembersRequest(group, [_carol.UserId]));
        Assert.That((await _carol.GetChatAsync(group)).Role, Is.EqualTo(ParticipantRoles.Member), "what was granted has ended");
    }

    [Test]
    public async Task The_list_goes_by_pages_and_shows_people_as_they_show_themselves()
    {
        var group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.PromoteMember), new PromoteMemberRequest(group, _bob.UserId));
        await using var dave = await RegisterAsync("Dave");
        await BanAsync(_ann, group, _carol);
        await BanAsync(_bob, group, dave);
        var first = await ListAsync(_ann, group, limit: 1);
        Assert.That((first.HasMore, first.Banned.Single().User.UserId, first.Banned[0].BannedBy), Is.EqualTo((true, _carol.UserId, _ann.UserId)));
        var second = await ListAsync(_ann, group, first.Banned[0].User.UserId, 1);
        Assert.That((second.HasMore, second.Banned.Single().User.Name, second.Banned[0].BannedBy), Is.EqualTo((false, "Dave", _bob.UserId)));
        Assert.That((await ListAsync(_ann, group, dave.UserId)).Banned, Is.Empty);
    }

    [Test]
    public async Task Nobody_slips_in_by_a_joining_that_meets_the_ban()
    {
        var name = $"banning_{Guid.NewGuid():N}"[..20];
        var channel = (await _ann.CallAsync<ChatView>(nameof(ChatHub.CreateChannel), new CreateChannelRequest(Guid.NewGuid(), "News", Username: name))).ChatId;
        var group = (await _ann.CreateGroupAsync("Group", _carol)).ChatId;
        var code = await InviteAsync(group);
        await _ann.CallAsync<MembershipResult>(nameof(ChatHub.PromoteMember), new PromoteMemberRequest(group, _carol.UserId));
        for (var i = 0; i < 30; i++)
        {
            await Task.WhenAll(
                TryAsync(_bob, nameof(ChatHub.JoinChannel), new JoinChannelRequest(channel)),
                TryAsync(_bob, nameof(ChatHub.JoinByInvite), new JoinByInviteRequest(code)),
                TryAsync(_carol, nameof(ChatHub.AddMembers), new AddMembersRequest(group, [_bob.UserId])),
                BanAsync(_ann, channel, _bob),
                BanAsync(_ann, group, _bob));
            Assert.That(
                await Database.ScalarAsync<long>(
                    "SELECT COUNT(*) FROM chat_participants WHERE user_id = @UserId AND left_at IS NULL", new { _bob.UserId }),
                Is.Zero);
            await UnbanAsync(_ann, channel, _bob);
            await UnbanAsync(_ann, group, _bob);
        }
        Assert.That((await _ann.GetChatAsync(channel)).MemberCount, Is.EqualTo(1), "whoever came was counted out again");
    }

    private async Task<string> InviteAsync(long chatId, bool needsApproval = false) =>
        (await _ann.CallAsync<CreateInviteResult>(nameof(ChatHub.CreateInvite), new CreateInviteRequest(chatId, NeedsApproval: needsApproval))).Code;

    private static Task<ChatView> JoinAsync(TestClient client, long channel) =>
        client.CallAsync<ChatView>(nameof(ChatHub.JoinChannel), new JoinChannelRequest(channel));

    private static Task<MembershipResult> BanAsync(TestClient actor, long chatId, TestClient target) =>
        actor.CallAsync<MembershipResult>(nameof(ChatHub.BanMember), new BanMemberRequest(chatId, target.UserId));

    private static Task<MembershipResult> UnbanAsync(TestClient actor, long chatId, TestClient target) =>
        actor.CallAsync<MembershipResult>(nameof(ChatHub.UnbanMember), new UnbanMemberRequest(chatId, target.UserId));

    private static Task<BannedPage> ListAsync(TestClient actor, long chatId, long? after = null, int? limit = null) =>
        actor.CallAsync<BannedPage>(nameof(ChatHub.ListBanned), new ListBannedRequest(chatId, after, limit));

    private static async Task TryAsync(TestClient client, string method, object request)
    {
        try
        {
            await client.CallAsync<object>(method, request);
        }
        catch (Microsoft.AspNetCore.SignalR.HubException exception) when (exception.Message.Contains("forbidden: ", StringComparison.Ordinal) || exception.Message.Contains("not_found: ", StringComparison.Ordinal))
        {
            // The ban was first, or was there before the answer of who came in.
        }
    }
}
