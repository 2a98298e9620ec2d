using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>Groups in their plainest form: who comes, who goes, what each of them sees and may do.</summary>
[TestFixture]
public sealed class LifeOfAGroup : ServerFixture
{
    private TestClient _ann = null!;
    private TestClient _bob = null!;
    private TestClient _carol = null!;

    [SetUp]
    public async Task Connect() => (_ann, _bob, _carol) = await AnnBobAndCarolAsync();

    [Test]
    public async Task Its_members_hear_of_a_new_group()
    {
        await using var annsPhone = await _ann.AnotherDeviceAsync();
        var group = await _ann.CreateGroupAsync("  Family 👋  ", _bob, _carol, _bob, _ann);
        Assert.That((group.Type, group.Title, group.Role, group.MemberCount, group.LastMessageId), Is.EqualTo((ChatTypes.Group, "Family 👋", ParticipantRoles.Owner, 3, 1L)));
        foreach (var client in new[] { _ann, annsPhone, _bob, _carol })
        {
            var told = await client.ChatsUpdated.WaitForAsync(c => c.ChatId == group.ChatId);
            Assert.That(told, Is.EqualTo(new ChatUpdatedEvent(group.ChatId, ChatTypes.Group, "Family 👋", 3, null)));
            var posted = await client.Messages.WaitForAsync(m => m.ChatId == group.ChatId);
            Assert.That((posted.MessageId, posted.SenderId, posted.ClientMessageId, posted.Type, posted.Text), Is.EqualTo((1L, _ann.UserId, (Guid?)null, MessageTypes.System, (string?)null)));
            Assert.That((posted.System!.Kind, posted.System.Title), Is.EqualTo((SystemMessageKinds.GroupCreated, "Family 👋")));
            Assert.That(posted.System.UserIds, Is.EqualTo(new[] { _bob.UserId, _carol.UserId }));
        }
    }

    [Test]
    public async Task A_repeated_creation_returns_the_group_made_first()
    {
        var request = new CreateGroupRequest(Guid.NewGuid(), "Group", [_bob.UserId]);
        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _ann.CallAsync<ChatView>("CreateGroup", request)));
        var again = await _ann.CallAsync<ChatView>("CreateGroup", request with { Title = "Another title" });
        Assert.That(made.Select(c => c.ChatId).Append(again.ChatId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(again.Title, Is.EqualTo("Group"));
        Assert.That((await _bob.ListChatsAsync()).Chats, Has.Count.EqualTo(1));
        Assert.That(await _ann.CatchUpAsync(again.ChatId), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_group_of_nobody_else_or_of_somebody_who_does_not_exist_is_refused()
    {
        var before = await Database.PictureAsync();
        Assert.That(await _ann.RefusalAsync("CreateGroup", new CreateGroupRequest(Guid.NewGuid(), "t", [_ann.UserId])), Does.StartWith("invalid: memberIds: "));
        Assert.That(
            await _ann.RefusalAsync("CreateGroup", new CreateGroupRequest(Guid.NewGuid(), "t", [_bob.UserId, 999_999])),
            Does.StartWith("invalid: memberIds: ").And.Contain("999999"));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Somebody_added_receives_the_next_message_at_once()
    {
        var group = await _ann.CreateGroupAsync("Group", _bob);
        await _ann.SendAsync(group.ChatId, "before");
        var result = await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(group.ChatId, [_carol.UserId, _bob.UserId]));
        Assert.That((result.MessageId, result.UserIds.Single()), Is.EqualTo(((long?)3, _carol.UserId)), "who is there is passed over");
        var sent = await _bob.SendAsync(group.ChatId, "welcome");

        Assert.That((await _carol.Messages.WaitForAsync(m => m.Text is not null)).MessageId, Is.EqualTo(sent.MessageId));
        Assert.That((await _carol.ChatsUpdated.WaitForAsync(c => c.ChatId == group.ChatId)).MemberCount, Is.EqualTo(3));
        Assert.That((await _bob.ChatsUpdated.WaitForAsync(c => c.MemberCount == 3)).ChatId, Is.EqualTo(group.ChatId));
        Assert.That((await _carol.CatchUpAsync(group.ChatId)).Select(m => m.MessageId), Is.EqualTo(new[] { 3, 4 }));
        Assert.That((await _carol.SendAsync(group.ChatId, "hello")).MessageId, Is.EqualTo(5), "and may write at once");
    }

    [Test]
    public async Task Adding_again_changes_nothing()
    {
        var group = await _ann.CreateGroupAsync("Group", _bob);
        var before = await Database.PictureAsync();
        var result = await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(group.ChatId, [_bob.UserId]));
        Assert.That((result.MessageId, result.UserIds.Count), Is.EqualTo(((long?)null, 0)));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Somebody_removed_neither_reads_nor_sends_nor_receives()
    {
        var group = await _ann.CreateGroupAsync("Group", _bob, _carol);
        await _bob.SendAsync(group.ChatId, "still in");
        var result = await _ann.CallAsync<MembershipResult>("RemoveMember", new RemoveMemberRequest(group.ChatId, _bob.UserId));
        Assert.That((result.MessageId, result.UserIds.Single()), Is.EqualTo(((long?)3, _bob.UserId)));
        await _bob.ChatsRemoved.WaitForAsync(c => c.ChatId == group.ChatId);
        Assert.That((await _carol.ChatsUpdated.WaitForAsync(c => c.MemberCount == 2)).ChatId, Is.EqualTo(group.ChatId));

        Assert.That(await _bob.RefusalAsync("SendMessage", new SendMessageRequest(group.ChatId, Guid.NewGuid(), "x")), Does.StartWith("not_found: "));
        Assert.That(await _bob.RefusalAsync("SyncChat", new SyncChatRequest(group.ChatId, 0)), Does.StartWith("not_found: "));
        await _ann.SendAsync(group.ChatId, "among us");
        await _carol.MarkReadAsync(group.ChatId, 4);
        await _ann.Receipts.WaitForAsync(r => r.ChatId == group.ChatId);
        await MustHaveHeardNothingAsync(_bob, group.ChatId, after: 3);
    }

    [Test]
    public async Task Nothing_is_pushed_to_somebody_after_the_removal_however_busy_the_chat()
    {
        for (var round = 0; round < 5; round++)
        {
            var group = await _ann.CreateGroupAsync("Group", _bob, _carol);
            var sends = Enumerable.Range(0, 150).Select(i => _carol.SendAsync(group.ChatId, $"{i}")).ToList();
            var removal = await _ann.CallAsync<MembershipResult>("RemoveMember", new RemoveMemberRequest(group.ChatId, _bob.UserId));
            await Task.WhenAll(sends).OrDeadline();
            await MustHaveHeardNothingAsync(_bob, group.ChatId, after: removal.MessageId!.Value);
        }
    }

    [Test]
    public async Task Somebody_added_misses_nothing_however_busy_the_chat()
    {
        for (var round = 0; round < 5; round++)
        {
            var group = await _ann.CreateGroupAsync("Group", _bob);
            var sends = Enumerable.Range(0, 150).Select(i => _bob.SendAsync(group.ChatId, $"{i}")).ToList();
            var joined = await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(group.ChatId, [_carol.UserId]));
            // As the protocol says: on hearing of a new chat, fetch it, and from then on go by the numbers.
            await _carol.ChatsUpdated.WaitForAsync(c => c.ChatId == group.ChatId);
            var upTo = (await _carol.CatchUpAsync(group.ChatId))[^1].MessageId;
            var last = (await Task.WhenAll(sends).OrDeadline()).Max(s => s.MessageId);
            if (last > upTo) await _carol.Messages.WaitForAsync(m => m.ChatId == group.ChatId && m.MessageId == last);
            var pushed = _carol.Messages.All.Where(m => m.ChatId == group.ChatId).Select(m => m.MessageId).ToHashSet();
            for (var id = upTo + 1; id <= last; id++) Assert.That(pushed, Does.Contain(id), "neither caught up nor pushed");
            Assert.That((await _carol.CatchUpAsync(group.ChatId))[0].MessageId, Is.EqualTo(joined.MessageId));
        }
    }

    [Test]
    public async Task Sends_of_somebody_who_is_being_removed_are_stored_before_it_or_refused()
    {
        var group = await _ann.CreateGroupAsync("Group", _bob, _carol);
        await _bob.SendAsync(group.ChatId, "the server knows the roster");
        var sends = Enumerable.Range(0, 100).Select(i => _bob.SendAsync(group.ChatId, $"{i}")).ToList();
        var removal = await _ann.CallAsync<MembershipResult>("RemoveMember", new RemoveMemberRequest(group.ChatId, _bob.UserId));
        sends.AddRange(Enumerable.Range(100, 100).Select(i => _bob.SendAsync(group.ChatId, $"{i}")));
        await Task.WhenAll(sends).ContinueWith(_ => { }, TaskScheduler.Default).OrDeadline();

        var acknowledged = sends.Where(s => s.IsCompletedSuccessfully).Select(s => s.Result.MessageId).ToList();
        var refused = sends.Where(s => s.IsFaulted).Select(s => s.Exception!.InnerException!.Message).ToList();
        Assert.That(acknowledged, Is.All.LessThan(removal.MessageId!.Value));
        Assert.That(refused, Has.Count.AtLeast(100).And.All.StartWith("not_found: "));
        var stored = (await _ann.CatchUpAsync(group.ChatId)).Where(m => m.SenderId == _bob.UserId).Select(m => m.MessageId);
        Assert.That(stored.Skip(1), Is.EqualTo(acknowledged), "and nothing else is stored");
    }

    [Test]
    public async Task Whoever_leaves_is_gone_and_may_be_added_again()
    {
        var group = await _ann.CreateGroupAsync("Group", _bob, _carol);
        await using var bobsPhone = await _bob.AnotherDeviceAsync();
        var left = await _bob.CallAsync<MembershipResult>("LeaveGroup", new LeaveGroupRequest(group.ChatId)); // 2
        Assert.That((left.MessageId, left.UserIds.Single()), Is.EqualTo(((long?)2, _bob.UserId)));
        await bobsPhone.ChatsRemoved.WaitForAsync(c => c.ChatId == group.ChatId);
        Assert.That(await _bob.RefusalAsync("LeaveGroup", new LeaveGroupRequest(group.ChatId)), Does.StartWith("not_found: "));
        await _ann.SendAsync(group.ChatId, "without Bob"); // 3
        await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(group.ChatId, [_bob.UserId])); // 4
        var sent = await _carol.SendAsync(group.ChatId, "welcome back"); // 5
        foreach (var device in new[] { _bob, bobsPhone })
            Assert.That((await device.Messages.WaitForAsync(m => m.Text == "welcome back")).MessageId, Is.EqualTo(sent.MessageId));
        Assert.That((await _bob.CatchUpAsync(group.ChatId)).Select(m => m.MessageId), Is.EqualTo(new[] { 4, 5 }), "not what came while away");
        var head = await _bob.GetChatAsync(group.ChatId);
        Assert.That((head.UnreadCount, head.Role, head.Watermarks.ReadUpTo), Is.EqualTo((1, ParticipantRoles.Member, 3L)));
    }

    [Test]
    public async Task When_the_owner_leaves_who_has_been_there_longest_takes_over()
    {
        var group = await _ann.CreateGroupAsync("Group", _carol);
        await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(group.ChatId, [_bob.UserId])); // 2
        var left = await _ann.CallAsync<MembershipResult>("LeaveGroup", new LeaveGroupRequest(group.ChatId)); // 3, 4
        Assert.That(left.MessageId, Is.EqualTo(4));
        Assert.That((await _carol.GetChatAsync(group.ChatId)).Role, Is.EqualTo(ParticipantRoles.Owner));
        Assert.That((await _bob.GetChatAsync(group.ChatId)).Role, Is.EqualTo(ParticipantRoles.Member));
        var history = await _carol.CatchUpAsync(group.ChatId);
        Assert.That(history.Select(m => (m.SenderId, m.System!.Kind, m.System.UserIds.Single())), Is.EqualTo(new[]
        {
            (_ann.UserId, SystemMessageKinds.GroupCreated, _carol.UserId),
            (_ann.UserId, SystemMessageKinds.MembersAdded, _bob.UserId),
            (_ann.UserId, SystemMessageKinds.MemberLeft, _ann.UserId),
            (_ann.UserId, SystemMessageKinds.OwnerChanged, _carol.UserId),
        }));
        await _carol.CallAsync<MembershipResult>("RemoveMember", new RemoveMemberRequest(group.ChatId, _bob.UserId));
        Assert.That((await _carol.GetChatAsync(group.ChatId)).MemberCount, Is.EqualTo(1));
        await _carol.CallAsync<MembershipResult>("LeaveGroup", new LeaveGroupRequest(group.ChatId));
        Assert.That((await _carol.ListChatsAsync()).Chats, Is.Empty, "the last one may go too");
    }

    [Test]
    public async Task Only_the_owner_adds_and_removes()
    {
        var group = await _ann.CreateGroupAsync("Group", _bob);
        var before = await Database.PictureAsync();
        Assert.That(await _bob.RefusalAsync("AddMembers", new AddMembersRequest(group.ChatId, [_carol.UserId])), Does.StartWith("forbidden: "));
        Assert.That(await _bob.RefusalAsync("RemoveMember", new RemoveMemberRequest(group.ChatId, _ann.UserId)), Does.StartWith("forbidden: "));
        Assert.That(await _ann.RefusalAsync("RemoveMember", new RemoveMemberRequest(group.ChatId, _ann.UserId)), Does.StartWith("forbidden: "));
        Assert.That(await _ann.RefusalAsync("RemoveMember", new RemoveMemberRequest(group.ChatId, _carol.UserId)), Does.StartWith("invalid: userId: "));
        Assert.That(await _ann.RefusalAsync("AddMembers", new AddMembersRequest(group.ChatId, [999_999])), Does.StartWith("invalid: userIds: "));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_direct_chat_has_no_members_to_change()
    {
        var chat = await _ann.OpenDirectChatAsync(_bob);
        var before = await Database.PictureAsync();
        Assert.That(await _ann.RefusalAsync("AddMembers", new AddMembersRequest(chat.ChatId, [_carol.UserId])), Does.StartWith("not_found: "));
        Assert.That(await _ann.RefusalAsync("RemoveMember", new RemoveMemberRequest(chat.ChatId, _bob.UserId)), Does.StartWith("not_found: "));
        Assert.That(await _ann.RefusalAsync("LeaveGroup", new LeaveGroupRequest(chat.ChatId)), Does.StartWith("not_found: "));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_group_is_full_at_some_point()
    {
        var others = await Database.UsersAsync(30);
        var group = await _ann.CreateGroupAsync("Group", _bob);
        await Database.ExecuteAsync(
            $"""
            INSERT INTO users (name, phone_number, password_hash, created_at)
              SELECT 'filler', CONCAT('+7{group.ChatId}', u.user_id, '-', v.user_id), 'x', u.created_at FROM users u JOIN users v LIMIT 1100
            """);
        await Database.ExecuteAsync(
            $"""
            INSERT INTO chat_participants (chat_id, user_id, joined_at)
              SELECT {group.ChatId}, user_id, created_at FROM users WHERE name = 'filler' LIMIT {Limits.GroupSize - 3}
            """);
        var free = await _ann.CallAsync<MembershipResult>("AddMembers", new AddMembersRequest(group.ChatId, [others[0]]));
        Assert.That(free.UserIds, Is.EqualTo(new[] { others[0] }));
        Assert.That((await _ann.GetChatAsync(group.ChatId)).MemberCount, Is.EqualTo(Limits.GroupSize));
        Assert.That(await _ann.RefusalAsync("AddMembers", new AddMembersRequest(group.ChatId, [others[1]])), Does.StartWith("too_large: userIds: "));
    }

    [Test]
    public async Task Two_devices_of_one_person_follow_the_same_groups()
    {
        var group = await _ann.CreateGroupAsync("Group", _bob);
        await using var bobsPhone = await _bob.AnotherDeviceAsync();
        await _bob.SendAsync(group.ChatId, "from one device");
        await bobsPhone.Messages.WaitForAsync(m => m.Text == "from one device");
        await _ann.CallAsync<MembershipResult>("RemoveMember", new RemoveMemberRequest(group.ChatId, _bob.UserId));
        await bobsPhone.ChatsRemoved.WaitForAsync(c => c.ChatId == group.ChatId);
        await _ann.SendAsync(group.ChatId, "alone");
        await MustHaveHeardNothingAsync(bobsPhone, group.ChatId, after: 3);
    }

    /// <summary>Whatever was pushed before a message of another chat, on the same connection, has come when that one has.</summary>
    private async Task MustHaveHeardNothingAsync(TestClient client, long chatId, long after)
    {
        var direct = await _ann.OpenDirectChatAsync(client);
        var mark = await _ann.SendAsync(direct.ChatId, "a mark");
        await client.Messages.WaitForAsync(m => m.ChatId == direct.ChatId && m.MessageId == mark.MessageId);
        Assert.That(client.Messages.All.Where(m => m.ChatId == chatId).Select(m => m.MessageId), Is.All.AtMost(after));
        Assert.That(client.Receipts.All.Where(r => r.ChatId == chatId), Is.Empty);
    }
}
