using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Roles, permissions, what a group says of itself: what each sees of it, and what each may do, on the wire.</summary>
[TestFixture]
public sealed class RulingAGroup : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;
    private long _group;

    [SetUp]
    public async Task Connect()
    {
        (_ann, _bob, _carol) = await AnnBobAndCarolAsync();
        _group = (await _ann.CreateGroupAsync("Group", _bob, _carol)).ChatId;
    }

    [Test]
    public async Task An_admin_may_what_a_member_may_not()
    {
        Assert.That(await _bob.RefusalAsync("RemoveMember", new RemoveMemberRequest(_group, _carol.UserId)), Does.StartWith("forbidden: "));
        await _ann.CallAsync<MembershipResult>("PromoteMember", new PromoteMemberRequest(_group, _bob.UserId));
        Assert.That((await _carol.Messages.WaitForAsync(m => m.System?.Kind == SystemMessageKinds.AdminAdded)).System!.UserIds, Is.EqualTo(new[] { _bob.UserId }));
        var head = await _bob.GetChatAsync(_group);
        Assert.That(head.Role, Is.EqualTo(ParticipantRoles.Admin));
        Assert.That(head.Permissions, Does.Contain("restrict_members").And.Not.Contain("manage_roles"));
        Assert.That(head.DefaultPermissions, Is.EqualTo(new[] { "send_text", "send_media", "react" }));
        await _bob.CallAsync<MembershipResult>("RemoveMember", new RemoveMemberRequest(_group, _carol.UserId));

        await _ann.CallAsync<MembershipResult>("DemoteMember", new DemoteMemberRequest(_group, _bob.UserId));
        Assert.That(await _bob.RefusalAsync("AddMembers", new AddMembersRequest(_group, [_carol.UserId])), Does.StartWith("forbidden: "));
    }

    [Test]
    public async Task Where_only_admins_write_a_member_hears_so_and_is_let_again()
    {
        await _ann.CallAsync<MembershipResult>("SetDefaultPermissions", new SetDefaultPermissionsRequest(_group, []));
        Assert.That(await _bob.RefusalAsync("SendMessage", new SendMessageRequest(_group, Guid.NewGuid(), "x")), Does.StartWith("forbidden: "));
        Assert.That((await _bob.GetChatAsync(_group)).Permissions, Is.Empty);
        await _ann.SendAsync(_group, "the owner writes");
        await _ann.CallAsync<MembershipResult>("SetMemberPermissions", new SetMemberPermissionsRequest(_group, _bob.UserId, ["send_text"]));
        await _bob.SendAsync(_group, "and so does Bob");
        Assert.That(await _carol.RefusalAsync("SendMessage", new SendMessageRequest(_group, Guid.NewGuid(), "x")), Does.StartWith("forbidden: "));
        await _ann.CallAsync<MembershipResult>("SetMemberPermissions", new SetMemberPermissionsRequest(_group, _bob.UserId));
        Assert.That(await _bob.RefusalAsync("SendMessage", new SendMessageRequest(_group, Guid.NewGuid(), "x")), Does.StartWith("forbidden: "));
        Assert.That(
            await _ann.RefusalAsync("SetDefaultPermissions", new SetDefaultPermissionsRequest(_group, ["delete_messages"])), Does.StartWith("forbidden: "),
            "not for everybody");
    }

    [Test]
    public async Task Somebody_muted_hears_until_when()
    {
        await _ann.CallAsync<MembershipResult>("SilenceMember", new SilenceMemberRequest(_group, _bob.UserId, 3600));
        var head = await _bob.GetChatAsync(_group);
        Assert.That(head.SilencedUntil, Is.EqualTo(DateTime.UtcNow.AddHours(1)).Within(TimeSpan.FromMinutes(5)));
        Assert.That(
            await _bob.RefusalAsync("SendMessage", new SendMessageRequest(_group, Guid.NewGuid(), "x")),
            Is.EqualTo($"forbidden: you may not send here before {head.SilencedUntil:yyyy-MM-ddTHH:mm:ssZ}"));
        await _ann.CallAsync<MembershipResult>("SilenceMember", new SilenceMemberRequest(_group, _bob.UserId));
        await _bob.SendAsync(_group, "free again");
    }

    [Test]
    public async Task In_slow_mode_a_member_hears_how_long_to_wait()
    {
        await _ann.CallAsync<MembershipResult>("SetSlowMode", new SetSlowModeRequest(_group, 600));
        Assert.That((await _bob.GetChatAsync(_group)).SlowModeSeconds, Is.EqualTo(600));
        await _bob.SendAsync(_group, "once");
        Assert.That(
            await _bob.RefusalAsync("SendMessage", new SendMessageRequest(_group, Guid.NewGuid(), "twice")),
            Does.Match(@"^rate_limited: this chat has slow mode \(retry after [0-9]{6} ms\)$"));
        await _ann.SendAsync(_group, "the owner");
        await _ann.SendAsync(_group, "does not wait");
    }

    [Test]
    public async Task Title_and_description_change_with_a_record()
    {
        Assert.That(await _bob.RefusalAsync("UpdateChatInfo", new UpdateChatInfoRequest(_group, "Bob's")), Does.StartWith("forbidden: "));
        var result = await _ann.CallAsync<MembershipResult>("UpdateChatInfo", new UpdateChatInfoRequest(_group, " New title ", "What it is about\nand more"));
        Assert.That((await _bob.ChatsUpdated.WaitForAsync(c => c.Title == "New title")).ChatId, Is.EqualTo(_group));
        var head = await _bob.GetChatAsync(_group);
        Assert.That((head.Title, head.Description, head.LastMessageId), Is.EqualTo(("New title", "What it is about\nand more", result.MessageId)));
        var records = (await _bob.CatchUpAsync(_group, 1)).Select(m => (m.System!.Kind, m.System.Title));
        Assert.That(records, Is.EqualTo(new[] { (SystemMessageKinds.TitleChanged, "New title"), (SystemMessageKinds.DescriptionChanged, (string?)null) }));
        var again = await _ann.CallAsync<MembershipResult>("UpdateChatInfo", new UpdateChatInfoRequest(_group, "New title"));
        Assert.That(again.MessageId, Is.Null);
        await _ann.CallAsync<MembershipResult>("UpdateChatInfo", new UpdateChatInfoRequest(_group, Description: ""));
        Assert.That((await _bob.GetChatAsync(_group)).Description, Is.Null);
    }

    [Test]
    public async Task Ownership_is_handed_over()
    {
        await _ann.CallAsync<MembershipResult>("TransferOwnership", new TransferOwnershipRequest(_group, _bob.UserId));
        Assert.That((await _bob.GetChatAsync(_group)).Role, Is.EqualTo(ParticipantRoles.Owner));
        Assert.That((await _ann.GetChatAsync(_group)).Role, Is.EqualTo(ParticipantRoles.Admin));
        Assert.That(await _ann.RefusalAsync("TransferOwnership", new TransferOwnershipRequest(_group, _carol.UserId)), Does.StartWith("forbidden: "));
        Assert.That(await _ann.RefusalAsync("RemoveMember", new RemoveMemberRequest(_group, _bob.UserId)), Does.StartWith("forbidden: "));
    }

    [Test]
    public async Task A_group_may_begin_with_a_description()
    {
        var group = await _ann.CallAsync<ChatView>("CreateGroup", new CreateGroupRequest(Guid.NewGuid(), "Title", [_bob.UserId], " What it is about "));
        Assert.That((await _bob.GetChatAsync(group.ChatId)).Description, Is.EqualTo("What it is about"));
    }

    [Test]
    public async Task What_is_set_for_one_member_is_shown_to_those_who_manage_and_to_the_member()
    {
        await _ann.CallAsync<MembershipResult>("SilenceMember", new SilenceMemberRequest(_group, _bob.UserId, 3600));
        await _ann.CallAsync<MembershipResult>("SetMemberPermissions", new SetMemberPermissionsRequest(_group, _bob.UserId, ["react"]));
        foreach (var (client, sees) in new[] { (_ann, true), (_bob, true), (_carol, false) })
        {
            var page = await client.CallAsync<ParticipantPage>("ListParticipants", new ListParticipantsRequest(_group));
            var bob = page.Participants.Single(p => p.User.UserId == _bob.UserId);
            Assert.That((bob.OwnPermissions?.Single(), bob.SilencedUntil is not null), Is.EqualTo((sees ? "react" : null, sees)));
            Assert.That(page.Participants.Where(p => p.User.UserId != _bob.UserId).Select(p => p.OwnPermissions), Is.All.Null);
        }
    }
}
