using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Server.Tests.Flows;

/// <summary>Links by which people join themselves, and requests that somebody answers, on the wire.</summary>
[TestFixture]
public sealed class InvitingPeople : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _group;

    [SetUp]
    public async Task Connect()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _group = (await _ann.CreateGroupAsync("Group", _bob)).ChatId;
    }

    [Test]
    public async Task Whoever_has_the_code_joins_and_hears_at_once()
    {
        await _ann.SendAsync(_group, "before");
        var invite = await CreateAsync(_ann);
        var preview = await _carol.CallAsync<InvitePreview>("PreviewInvite", new PreviewInviteRequest(invite.Code));
        Assert.That(preview, Is.EqualTo(new InvitePreview(ChatTypes.Group, "Group", 2, NeedsApproval: false, PictureMediaId: null)));
        var joined = await _carol.CallAsync<JoinByInviteResult>("JoinByInvite", new JoinByInviteRequest(invite.Code));
        Assert.That(joined, Is.EqualTo(new JoinByInviteResult(true, _group)));
        var told = await _bob.Messages.WaitForAsync(m => m.System?.Kind == SystemMessageKinds.MemberJoined);
        Assert.That((told.SenderId, told.System!.UserIds.Single()), Is.EqualTo((_carol.UserId, _carol.UserId)));
        await _bob.SendAsync(_group, "welcome");
        await _carol.Messages.WaitForAsync(m => m.Text == "welcome");
        Assert.That((await _carol.CatchUpAsync(_group))[0].MessageId, Is.EqualTo(told.MessageId), "and sees what comes from then on");
        Assert.That(await _carol.CallAsync<JoinByInviteResult>("JoinByInvite", new JoinByInviteRequest(invite.Code)), Is.EqualTo(joined), "a repeat is free");
        Assert.That((await _ann.CallAsync<InvitePage>("ListInvites", new ListInvitesRequest(_group))).Invites.Single().Uses, Is.EqualTo(1));
    }

    [Test]
    public async Task A_code_that_does_not_work_tells_nothing()
    {
        var invite = await CreateAsync(_ann);
        await _ann.CallAsync<RevokeInviteResult>("RevokeInvite", new RevokeInviteRequest(_group, invite.InviteId));
        var revoked = await _carol.RefusalAsync("PreviewInvite", new PreviewInviteRequest(invite.Code));
        Assert.That(revoked, Does.StartWith("not_found: "));
        foreach (var method in new[] { "PreviewInvite", "JoinByInvite" })
            foreach (var code in new[] { invite.Code, "AAAAAAAAAAAAAAAAAAAAAA" })
                Assert.That(await _carol.RefusalAsync(method, new JoinByInviteRequest(code)), Is.EqualTo(revoked));
        Assert.That(
            await Database.ScalarAsync<long>("SELECT COUNT(*) FROM chat_invites WHERE CAST(code_hash AS CHAR) LIKE @code", new { code = $"%{invite.Code}%" }), Is.Zero,
            "the code itself is stored nowhere");
    }

    [Test]
    public async Task Only_those_with_the_right_manage_invites()
    {
        var invite = await CreateAsync(_ann);
        Assert.That(await _bob.RefusalAsync("CreateInvite", new CreateInviteRequest(_group)), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync("RevokeInvite", new RevokeInviteRequest(_group, invite.InviteId)), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync("ListInvites", new ListInvitesRequest(_group)), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync("ListJoinRequests", new ListJoinRequestsRequest(_group)), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync("AnswerJoinRequest", new AnswerJoinRequestRequest(_group, _carol.UserId, true)), Does.StartWith("forbidden: "));
        var direct = (await _ann.OpenDirectChatAsync(_bob)).ChatId;
        Assert.That(await _ann.RefusalAsync("CreateInvite", new CreateInviteRequest(direct)), Does.StartWith("not_found: "));
        Assert.That(await _ann.RefusalAsync("ListInvites", new ListInvitesRequest(direct)), Does.StartWith("not_found: "));
        await _ann.CallAsync<MembershipResult>("PromoteMember", new PromoteMemberRequest(_group, _bob.UserId));
        await CreateAsync(_bob);
    }

    [Test]
    public async Task A_request_reaches_those_who_may_answer_and_its_answer_the_one_who_asked([Values] bool approve)
    {
        var invite = await CreateAsync(_ann, needsApproval: true);
        var (asked, others, answered) = (new EventLog<JoinRequestedEvent>(), new EventLog<JoinRequestedEvent>(), new EventLog<JoinRequestAnsweredEvent>());
        using var one = _ann.Hub.On<JoinRequestedEvent>("JoinRequested", asked.Add);
        using var two = _bob.Hub.On<JoinRequestedEvent>("JoinRequested", others.Add);
        using var three = _carol.Hub.On<JoinRequestAnsweredEvent>("JoinRequestAnswered", answered.Add);

        var joined = await _carol.CallAsync<JoinByInviteResult>("JoinByInvite", new JoinByInviteRequest(invite.Code));
        Assert.That(joined, Is.EqualTo(new JoinByInviteResult(false, null)));
        Assert.That((await asked.WaitForAsync(r => r.ChatId == _group)).UserId, Is.EqualTo(_carol.UserId));
        Assert.That(await _carol.RefusalAsync("GetChat", new GetChatRequest(_group)), Does.StartWith("not_found: "));
        var waiting = await _ann.CallAsync<JoinRequestPage>("ListJoinRequests", new ListJoinRequestsRequest(_group));
        Assert.That(waiting.Requests.Single().User.Name, Is.EqualTo("Carol"));

        await _ann.CallAsync<MembershipResult>("AnswerJoinRequest", new AnswerJoinRequestRequest(_group, _carol.UserId, approve));
        Assert.That(await answered.WaitForAsync(_ => true), Is.EqualTo(new JoinRequestAnsweredEvent(approve ? _group : null, "Group", approve)));
        if (approve) Assert.That((await _carol.GetChatAsync(_group)).MemberCount, Is.EqualTo(3));
        else Assert.That(await _carol.RefusalAsync("GetChat", new GetChatRequest(_group)), Does.StartWith("not_found: "));
        Assert.That(await _ann.RefusalAsync("AnswerJoinRequest", new AnswerJoinRequestRequest(_group, _carol.UserId, approve)), Does.StartWith("invalid: userId: "));
        Assert.That(others.All, Is.Empty, "a member without the right hears nothing");
    }

    private Task<CreateInviteResult> CreateAsync(TestClient client, bool needsApproval = false) =>
        client.CallAsync<CreateInviteResult>("CreateInvite", new CreateInviteRequest(_group, NeedsApproval: needsApproval));
}
