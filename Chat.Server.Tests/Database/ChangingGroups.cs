using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>Changes of groups race with each other and with sends, on two nodes, and never contradict each other.</summary>
[TestFixture]
public sealed class ChangingGroups : DatabaseFixture
{
    private IReadOnlyList<long> _users = [];
    private MessageAppender _oneAppender = null!;
    private MessageAppender _twoAppender = null!;
    private GroupRepository _one = null!;
    private GroupRepository _two = null!;
    private RecordingObserver _observed = null!;

    [OneTimeSetUp]
    public async Task MakeUsers()
    {
        _users = await Database.UsersAsync(8);
        _observed = new RecordingObserver();
        _oneAppender = Appender(_observed);
        _twoAppender = Appender(new RecordingObserver(), node: 1);
        _one = new GroupRepository(Database.Database, _oneAppender, TimeProvider.System);
        _two = new GroupRepository(Database.DatabaseAt(1), _twoAppender, TimeProvider.System);
    }

    [OneTimeTearDown]
    public async Task StopAppenders()
    {
        await _oneAppender.DisposeAsync();
        await _twoAppender.DisposeAsync();
    }

    [Test]
    public async Task A_new_group_has_its_owner_its_members_and_its_first_message()
    {
        var (change, message) = await _one.CreateAsync(_users[0], Guid.NewGuid(), "Title 👋", null, [_users[1], _users[2]], CancellationToken.None);
        Assert.That(change.Outcome, Is.EqualTo(GroupOutcome.Done));
        Assert.That(message!.MessageId, Is.EqualTo(1));
        Assert.That(await RolesAsync(change.ChatId), Is.EqualTo(new[] { (_users[0], "owner"), (_users[1], "member"), (_users[2], "member") }));
        var stored = (await Database.StoredAsync(change.ChatId)).Single();
        Assert.That((stored.MessageType, stored.SenderId, stored.Body), Is.EqualTo((
            "system", _users[0], $$"""{"kind":"group_created","userIds":[{{_users[1]}},{{_users[2]}}],"title":"Title \uD83D\uDC4B"}""")));
    }

    [Test]
    public async Task A_group_made_many_times_at_once_under_one_name_is_one()
    {
        var key = Guid.NewGuid();
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() =>
            (i % 2 == 0 ? _one : _two).CreateAsync(_users[0], key, "Title", null, [_users[1]], CancellationToken.None))));
        Assert.That(made.Select(m => m.Change.ChatId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(made.Count(m => m.Change.Outcome is GroupOutcome.Done && m.Message is not null), Is.EqualTo(1));
        Assert.That(await Database.StoredAsync(made[0].Change.ChatId), Has.Count.EqualTo(1));
        var other = await _one.CreateAsync(_users[1], key, "Title", null, [_users[0]], CancellationToken.None);
        Assert.That(other.Change.ChatId, Is.Not.EqualTo(made[0].Change.ChatId), "the name is its creator's own");
    }

    [Test]
    public async Task A_group_with_somebody_who_does_not_exist_is_not_made()
    {
        var before = await Database.PictureAsync();
        var (change, message) = await _one.CreateAsync(_users[0], Guid.NewGuid(), "Title", null, [_users[1], 999_999_999], CancellationToken.None);
        Assert.That((change.Outcome, change.UserIds, message), Is.EqualTo((GroupOutcome.UserNotFound, new long[] { 999_999_999 }, (MessageRow?)null)).Using<long[]>((a, b) => a.SequenceEqual(b)));
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Two_removals_of_one_member_at_once()
    {
        for (var i = 0; i < 10; i++)
        {
            var chatId = await GroupAsync(0, 1, 2);
            var changes = await Task.WhenAll(_one.RemoveMemberAsync(chatId, _users[0], _users[1]), _two.RemoveMemberAsync(chatId, _users[0], _users[1]));
            Assert.That(changes.Select(c => c.Outcome), Is.EquivalentTo(new[] { GroupOutcome.Done, GroupOutcome.UserNotFound }));
            Assert.That((await Database.StoredAsync(chatId)).Select(m => m.MessageId), Is.EqualTo(new[] { 1, 2 }), "one record of it");
        }
    }

    [Test]
    public async Task Removal_and_leaving_at_once()
    {
        for (var i = 0; i < 10; i++)
        {
            var chatId = await GroupAsync(0, 1, 2);
            var changes = await Task.WhenAll(_one.RemoveMemberAsync(chatId, _users[0], _users[1]), _two.LeaveAsync(chatId, _users[1]));
            Assert.That(changes.Count(c => c.Outcome is GroupOutcome.Done), Is.EqualTo(1));
            Assert.That((await RolesAsync(chatId)).Select(r => r.UserId), Is.EqualTo(new[] { _users[0], _users[2] }));
            Assert.That(await Database.StoredAsync(chatId), Has.Count.EqualTo(2));
        }
    }

    [Test]
    public async Task An_owner_who_leaves_while_being_obeyed()
    {
        for (var i = 0; i < 10; i++)
        {
            var chatId = await GroupAsync(0, 1, 2);
            var changes = await Task.WhenAll(_one.LeaveAsync(chatId, _users[0]), _two.AddMembersAsync(chatId, _users[0], [_users[3]], 100));
            Assert.That(changes[0].Outcome, Is.EqualTo(GroupOutcome.Done));
            Assert.That(changes[1].Outcome, Is.AnyOf(GroupOutcome.Done, GroupOutcome.NotFound));
            var roles = await RolesAsync(chatId);
            Assert.That(roles.Where(r => r.Role == "owner").Select(r => r.UserId), Is.EqualTo(new[] { _users[1] }), "one owner, the longest there");
            Assert.That(roles.Any(r => r.UserId == _users[3]), Is.EqualTo(changes[1].Outcome is GroupOutcome.Done));
        }
    }

    [Test]
    public async Task Everybody_leaves_at_once()
    {
        var chatId = await GroupAsync(0, 1, 2, 3, 4, 5, 6, 7);
        var changes = await Task.WhenAll(_users.Select((user, i) => (i % 2 == 0 ? _one : _two).LeaveAsync(chatId, user)));
        Assert.That(changes.Select(c => c.Outcome), Is.All.EqualTo(GroupOutcome.Done));
        Assert.That(await RolesAsync(chatId), Is.Empty);
        var stored = await Database.StoredAsync(chatId);
        Assert.That(stored.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, stored.Count)));
        Assert.That(stored.Count(m => m.Body!.Contains("member_left", StringComparison.Ordinal)), Is.EqualTo(8));
    }

    [Test]
    public async Task Whoever_comes_back_sees_what_comes_then()
    {
        var chatId = await GroupAsync(0, 1);
        var roster = await Database.RosterAsync(chatId);
        await SendAsync(_oneAppender, roster, 3); // 2, 3, 4
        await _one.RemoveMemberAsync(chatId, _users[0], _users[1]); // 5
        await SendAsync(_oneAppender, await Database.RosterAsync(chatId), 2); // 6, 7
        var back = await _one.AddMembersAsync(chatId, _users[0], [_users[1]], 100); // 8
        Assert.That(back.MessageId, Is.EqualTo(8));

        var row = (await Database.ListAsync<MembershipRow>(
            "SELECT role, left_at, visible_from, delivered_up_to, read_up_to FROM chat_participants WHERE chat_id = @chatId AND user_id = @UserId",
            new { chatId, UserId = _users[1] })).Single();
        Assert.That(row, Is.EqualTo(new MembershipRow("member", null, 8, 7, 7)));
        var history = new HistoryRepository(Database.Database);
        var read = await history.ReadAsync(chatId, _users[1], HistoryAnchor.After, 0, 100, CancellationToken.None);
        Assert.That(read!.Value.Messages.Select(m => m.MessageId), Is.EqualTo(new[] { 8 }));
    }

    [Test]
    public async Task Adding_passes_over_who_is_there_and_keeps_to_the_limit()
    {
        var chatId = await GroupAsync(0, 1);
        Assert.That((await _one.AddMembersAsync(chatId, _users[0], [_users[1]], 100)).Outcome, Is.EqualTo(GroupOutcome.Unchanged));
        var change = await _one.AddMembersAsync(chatId, _users[0], [_users[1], _users[2]], 3);
        Assert.That((change.Outcome, change.UserIds.Single()), Is.EqualTo((GroupOutcome.Done, _users[2])));
        Assert.That((await _one.AddMembersAsync(chatId, _users[0], [_users[3]], 3)).Outcome, Is.EqualTo(GroupOutcome.TooManyMembers));
        Assert.That((await _one.AddMembersAsync(chatId, _users[0], [999_999_999], 100)).Outcome, Is.EqualTo(GroupOutcome.UserNotFound));
        Assert.That(await Database.StoredAsync(chatId), Has.Count.EqualTo(2), "what is refused leaves no record");
    }

    [Test]
    public async Task Only_the_owner_changes_who_is_in()
    {
        var chatId = await GroupAsync(0, 1, 2);
        var before = await Database.PictureAsync();
        Assert.Multiple(async () =>
        {
            Assert.That((await _one.AddMembersAsync(chatId, _users[1], [_users[3]], 100)).Outcome, Is.EqualTo(GroupOutcome.Forbidden));
            Assert.That((await _one.RemoveMemberAsync(chatId, _users[1], _users[2])).Outcome, Is.EqualTo(GroupOutcome.Forbidden));
            Assert.That((await _one.RemoveMemberAsync(chatId, _users[0], _users[0])).Outcome, Is.EqualTo(GroupOutcome.Forbidden), "the owner leaves");
            Assert.That((await _one.AddMembersAsync(chatId, _users[5], [_users[3]], 100)).Outcome, Is.EqualTo(GroupOutcome.NotFound));
            Assert.That((await _one.LeaveAsync(chatId, _users[5])).Outcome, Is.EqualTo(GroupOutcome.NotFound));
        });
        Assert.That(await Database.PictureAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_direct_chat_is_no_group()
    {
        var direct = await new Chat.Data.Chats.DirectChatRepository(Database.Database).OpenAsync(_users[0], _users[1], DateTime.UnixEpoch, CancellationToken.None);
        Assert.That((await _one.AddMembersAsync(direct!.Value, _users[0], [_users[3]], 100)).Outcome, Is.EqualTo(GroupOutcome.NotFound));
        Assert.That((await _one.RemoveMemberAsync(direct.Value, _users[0], _users[1])).Outcome, Is.EqualTo(GroupOutcome.NotFound));
        Assert.That((await _one.LeaveAsync(direct.Value, _users[0])).Outcome, Is.EqualTo(GroupOutcome.NotFound));
    }

    [Test]
    public async Task Sends_and_changes_on_two_nodes_share_one_numbering()
    {
        var chatId = await GroupAsync(0, 1, 2);
        var roster = await Database.RosterAsync(chatId);
        var sends = Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? _oneAppender : _twoAppender).AppendAsync(roster.Message(_users[i % 3], $"{i}"))).ToList();
        var changes = Enumerable.Range(0, 6).Select(i => i % 2 == 0
            ? _one.AddMembersAsync(chatId, _users[0], [_users[3 + (i / 2)]], 100)
            : _two.RemoveMemberAsync(chatId, _users[0], _users[3 + (i / 2)])).ToList();
        await Task.WhenAll(sends).OrDeadline();
        await Task.WhenAll(changes).OrDeadline();

        var stored = await Database.StoredAsync(chatId);
        Assert.That(stored.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, stored.Count)));
        Assert.That(stored.Count(m => m.MessageType == "text"), Is.EqualTo(60), "members all along are not refused because others come and go");
        Assert.That(_observed.Messages.Where(m => m.Row.ChatId == chatId).Select(m => m.Row.MessageId), Is.Ordered, "reported in order");
        Assert.That(
            await Database.ScalarAsync<long>("SELECT roster_version FROM chats WHERE chat_id = @chatId", new { chatId }),
            Is.EqualTo(1 + stored.Count(m => m.MessageType == "system")), "every change is a new version");
    }

    private static async Task SendAsync(MessageAppender appender, Chat.Data.Chats.Roster roster, int count)
    {
        for (var i = 0; i < count; i++) await appender.AppendAsync(roster.Message(roster.Members.Values.First(m => m.Role == "owner").UserId));
    }

    private MessageAppender Appender(IAppendObserver observer, int node = 0) =>
        new(Database.DatabaseAt(node), observer, new AppenderLimits(), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance);

    private async Task<long> GroupAsync(params IReadOnlyList<int> members)
    {
        var (change, _) = await _one.CreateAsync(_users[members[0]], Guid.NewGuid(), "Title", null, [.. members.Skip(1).Select(i => _users[i])], CancellationToken.None);
        return change.ChatId;
    }

    private async Task<IEnumerable<(long UserId, string Role)>> RolesAsync(long chatId) =>
        (await Database.ListAsync<RoleRow>(
            "SELECT user_id, role FROM chat_participants WHERE chat_id = @chatId AND left_at IS NULL ORDER BY user_id", new { chatId }))
        .Select(r => (r.UserId, r.Role)).ToList();

    private sealed record RoleRow(long UserId, string Role);

    private sealed record MembershipRow(string Role, DateTime? LeftAt, long VisibleFrom, long DeliveredUpTo, long ReadUpTo);
}
