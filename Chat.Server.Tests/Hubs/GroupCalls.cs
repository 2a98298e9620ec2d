using Chat.Data;
using Chat.Data.Chats;
using Chat.Data.Groups;
using Chat.Server.Errors;
using Chat.Server.Features.Groups;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Moq;

namespace Chat.Server.Tests.Hubs;

/// <summary><c>ChatHub.Groups.cs</c> with the database mocked: who is subscribed, who is told, what is refused.</summary>
[TestFixture]
public sealed class GroupCalls
{
    private const string Everybody = "chat:200";

    private HubHarness _harness = null!;

    [SetUp]
    public void SetUp()
    {
        _harness = new HubHarness();
        foreach (var (user, connection) in new[] { (HubHarness.Ann, "ann"), (HubHarness.Bob, "bob-1"), (HubHarness.Bob, "bob-2") })
            _harness.Registry.Add(new LocalConnection(connection, user, 1, () => { }));
        _harness.Heads.Setup(h => h.FindAsync(HubHarness.Group, It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .Returns((long chatId, long _, CancellationToken cancelled) =>
                cancelled.IsCancellationRequested ? Task.FromCanceled<ChatHeadRow?>(cancelled) : Task.FromResult<ChatHeadRow?>(HubHarness.Head(chatId)));
    }

    [TearDown]
    public void TearDown() => _harness.Dispose();

    [Test]
    public async Task Creating_subscribes_everybody_before_anything_is_pushed()
    {
        SetupCreate(HubHarness.Bob, HubHarness.Carol);
        var pushedBeforeSubscribed = false;
        _harness.Groups.Setup(g => g.AddToGroupAsync(It.IsAny<string>(), Everybody, It.IsAny<CancellationToken>()))
            .Callback(() => pushedBeforeSubscribed |= _harness.Pushes.All.Count > 0).Returns(Task.CompletedTask);

        var chat = await _harness.As(HubHarness.Ann).CreateGroup(
            new CreateGroupRequest(Guid.NewGuid(), "  Title  ", [HubHarness.Bob, HubHarness.Ann, HubHarness.Carol, HubHarness.Bob]));

        Assert.That((chat.ChatId, chat.Role), Is.EqualTo((HubHarness.Group, "owner")));
        foreach (var connection in new[] { "ann", "bob-1", "bob-2" })
            _harness.Groups.Verify(g => g.AddToGroupAsync(connection, Everybody, It.IsAny<CancellationToken>()), Times.Once);
        Assert.That(pushedBeforeSubscribed, Is.False);
        Assert.That(_harness.Pushes.All.Select(p => (p.To, p.Event.GetType())), Is.EqualTo(new[]
        {
            (Everybody, typeof(ChatUpdatedEvent)), (Everybody, typeof(MessageView)),
        }));
    }

    [Test]
    public async Task Creating_again_tells_nobody()
    {
        _harness.GroupStore.Setup(g => g.CreateAsync(HubHarness.Ann, It.IsAny<Guid>(), "Title", null, It.IsAny<IReadOnlyList<long>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((new GroupChange(GroupOutcome.Unchanged, HubHarness.Group, null, []), null));
        var chat = await _harness.As(HubHarness.Ann).CreateGroup(new CreateGroupRequest(Guid.NewGuid(), "Title", [HubHarness.Bob]));
        Assert.That(chat.ChatId, Is.EqualTo(HubHarness.Group));
        Assert.That(_harness.Pushes.All, Is.Empty);
    }

    [Test]
    public async Task A_group_whose_creator_hung_up_in_the_middle_is_announced_all_the_same()
    {
        // The group is committed; that its creator is gone by then must not keep its members from hearing of it.
        using var aborted = new CancellationTokenSource();
        _harness.GroupStore.Setup(g => g.CreateAsync(HubHarness.Ann, It.IsAny<Guid>(), "Title", null, It.IsAny<IReadOnlyList<long>>(), It.IsAny<CancellationToken>()))
            .Returns(async (long _, Guid _, string _, string? _, IReadOnlyList<long> _, CancellationToken cancelled) =>
            {
                await aborted.CancelAsync();
                // As a driver does: a commit that is cancelled may have taken place.
                cancelled.ThrowIfCancellationRequested();
                return (new GroupChange(GroupOutcome.Done, HubHarness.Group, 1, [HubHarness.Bob]), HubHarness.SystemMessage(HubHarness.Group, 1, "{}"));
            });
        await _harness.As(HubHarness.Ann, aborted: aborted.Token).CreateGroup(new CreateGroupRequest(Guid.NewGuid(), "Title", [HubHarness.Bob]));
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EqualTo(new[] { Everybody, Everybody }));
    }

    [Test]
    public void A_group_of_oneself_or_of_nobody_known_is_invalid()
    {
        var alone = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Ann).CreateGroup(new CreateGroupRequest(Guid.NewGuid(), "Title", [HubHarness.Ann])));
        Assert.That(alone.WireText, Does.StartWith("invalid: memberIds: "));
        _harness.GroupStore.Setup(g => g.CreateAsync(HubHarness.Ann, It.IsAny<Guid>(), "Title", null, It.IsAny<IReadOnlyList<long>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((GroupChange.Refused(GroupOutcome.UserNotFound, 0, 98, 99), null));
        var unknown = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Ann).CreateGroup(new CreateGroupRequest(Guid.NewGuid(), "Title", [98, 99])));
        Assert.That(unknown.WireText, Does.StartWith("invalid: memberIds: ").And.Contain("98, 99"));
    }

    [Test]
    public async Task Adding_subscribes_who_came_and_forgets_the_roster()
    {
        await _harness.Rosters.GetAsync(HubHarness.Group);
        _harness.GroupStore.Setup(g => g.AddMembersAsync(HubHarness.Group, HubHarness.Ann, new[] { HubHarness.Bob, 44L }, new GroupOptions().MaxMembers))
            .Returns(() => InLaneAsync(new GroupChange(GroupOutcome.Done, HubHarness.Group, 8, [HubHarness.Bob])));
        var result = await _harness.As(HubHarness.Ann).AddMembers(new AddMembersRequest(HubHarness.Group, [HubHarness.Bob, 44, HubHarness.Bob]));
        Assert.That((result.ChatId, result.MessageId, result.UserIds.Single()), Is.EqualTo((HubHarness.Group, (long?)8, HubHarness.Bob)));
        foreach (var connection in new[] { "bob-1", "bob-2" })
            _harness.Groups.Verify(g => g.AddToGroupAsync(connection, Everybody, It.IsAny<CancellationToken>()), Times.Once);
        Assert.That(_harness.Pushes.All.Select(p => (p.To, p.Event)), Is.EqualTo(new[] { (Everybody, (object)new ChatUpdatedEvent(HubHarness.Group, "group", "Title", 3, null)) }));
        await _harness.Rosters.GetAsync(HubHarness.Group);
        _harness.RosterReader.Verify(r => r.GetAsync(HubHarness.Group, It.IsAny<CancellationToken>()), Times.Exactly(2), "read again");
    }

    [Test]
    public async Task Removing_unsubscribes_tells_the_one_and_tells_the_others()
    {
        await _harness.Rosters.GetAsync(HubHarness.Group);
        _harness.GroupStore.Setup(g => g.RemoveMemberAsync(HubHarness.Group, HubHarness.Ann, HubHarness.Bob))
            .Returns(() => InLaneAsync(new GroupChange(GroupOutcome.Done, HubHarness.Group, 8, [HubHarness.Bob])));
        _harness.KnowsChat(HubHarness.Group, "group", HubHarness.Ann, HubHarness.Carol);
        await _harness.As(HubHarness.Ann).RemoveMember(new RemoveMemberRequest(HubHarness.Group, HubHarness.Bob));
        foreach (var connection in new[] { "bob-1", "bob-2" })
            _harness.Groups.Verify(g => g.RemoveFromGroupAsync(connection, Everybody, It.IsAny<CancellationToken>()), Times.Once);
        Assert.That(_harness.Pushes.All.Select(p => (p.To, p.Event)), Is.EqualTo(new (string, object)[]
        {
            ("user:22", new ChatRemovedEvent(HubHarness.Group)), (Everybody, new ChatUpdatedEvent(HubHarness.Group, "group", "Title", 3, null)),
        }));
        await _harness.Rosters.GetAsync(HubHarness.Group);
        _harness.RosterReader.Verify(r => r.GetAsync(HubHarness.Group, It.IsAny<CancellationToken>()), Times.Exactly(2));
    }

    [Test]
    public async Task Members_leave_also_while_the_roster_cannot_be_read()
    {
        _harness.RosterReader.Setup(r => r.GetAsync(HubHarness.Group, It.IsAny<CancellationToken>()))
            .ThrowsAsync(new DataUnavailableException(new TimeoutException()));
        await _harness.MessageNotifier.MembersChangedAsync(HubHarness.Group, [HubHarness.Bob]);
        _harness.Groups.Verify(g => g.RemoveFromGroupAsync("bob-1", Everybody, It.IsAny<CancellationToken>()), Times.Once);
    }

    [Test]
    public async Task Leaving_tells_those_who_stay()
    {
        _harness.GroupStore.Setup(g => g.LeaveAsync(HubHarness.Group, HubHarness.Bob)).ReturnsAsync(new GroupChange(GroupOutcome.Done, HubHarness.Group, 8, [HubHarness.Bob]));
        await _harness.As(HubHarness.Bob).LeaveGroup(new LeaveGroupRequest(HubHarness.Group));
        Assert.That(_harness.Pushes.All.Select(p => (p.To, p.Event.GetType())), Is.EqualTo(new[]
        {
            ("user:22", typeof(ChatRemovedEvent)), (Everybody, typeof(ChatUpdatedEvent)),
        }));
    }

    [Test]
    public async Task The_last_one_to_leave_leaves_nobody_to_tell()
    {
        _harness.KnowsChat(HubHarness.Group, "group");
        _harness.GroupStore.Setup(g => g.LeaveAsync(HubHarness.Group, HubHarness.Bob)).ReturnsAsync(new GroupChange(GroupOutcome.Done, HubHarness.Group, 8, [HubHarness.Bob]));
        await _harness.As(HubHarness.Bob).LeaveGroup(new LeaveGroupRequest(HubHarness.Group));
        Assert.That(_harness.Pushes.All.Select(p => p.To), Is.EqualTo(new[] { "user:22" }));
    }

    [TestCase(GroupOutcome.NotFound, "not_found: this chat")]
    [TestCase(GroupOutcome.Forbidden, "forbidden: ")]
    [TestCase(GroupOutcome.UserNotFound, "invalid: userIds: ")]
    [TestCase(GroupOutcome.TooManyMembers, "too_large: userIds: ")]
    public void What_the_store_refuses_is_told_and_tells_nobody_else(GroupOutcome outcome, string expected)
    {
        _harness.GroupStore.Setup(g => g.AddMembersAsync(HubHarness.Group, HubHarness.Ann, It.IsAny<IReadOnlyList<long>>(), new GroupOptions().MaxMembers))
            .ReturnsAsync(GroupChange.Refused(outcome, HubHarness.Group, 5));
        var error = Assert.ThrowsAsync<ChatException>(() => _harness.As(HubHarness.Ann).AddMembers(new AddMembersRequest(HubHarness.Group, [5])));
        Assert.That(error.WireText, Does.StartWith(expected));
        Assert.That(_harness.Pushes.All, Is.Empty);
        _harness.Groups.VerifyNoOtherCalls();
    }

    private void SetupCreate(params long[] members) =>
        _harness.GroupStore.Setup(g => g.CreateAsync(HubHarness.Ann, It.IsAny<Guid>(), "Title", null, members, It.IsAny<CancellationToken>()))
            .ReturnsAsync((
                new GroupChange(GroupOutcome.Done, HubHarness.Group, 1, members),
                HubHarness.SystemMessage(HubHarness.Group, 1, """{"kind":"group_created","userIds":[22,33],"title":"Title"}""")));

    /// <summary>What the append lane does with a change of members before it answers.</summary>
    private async Task<GroupChange> InLaneAsync(GroupChange change)
    {
        await _harness.MessageNotifier.MembersChangedAsync(change.ChatId, change.UserIds);
        return change;
    }
}
