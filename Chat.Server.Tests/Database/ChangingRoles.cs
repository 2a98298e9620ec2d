using Chat.Data.Groups;
using Chat.Data.Messages;
using Chat.Data.Permissions;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>Roles and permissions under the chat's lock, changed on two nodes at once: there is always one owner.</summary>
[TestFixture]
public sealed class ChangingRoles : DatabaseFixture
{
    private IReadOnlyList<long> _users = [];
    private MessageAppender _oneAppender = null!;
    private MessageAppender _twoAppender = null!;
    private GroupRepository[] _groups = [];
    private GroupRoleRepository[] _roles = [];

    [OneTimeSetUp]
    public async Task MakeUsers()
    {
        _users = await Database.UsersAsync(6);
        _oneAppender = Appender(0);
        _twoAppender = Appender(1);
        _groups =
        [
            new GroupRepository(Database.Database, _oneAppender, TimeProvider.System),
            new GroupRepository(Database.DatabaseAt(1), _twoAppender, TimeProvider.System),
        ];
        _roles = [new GroupRoleRepository(_oneAppender, TimeProvider.System), new GroupRoleRepository(_twoAppender, TimeProvider.System)];
    }

    [OneTimeTearDown]
    public async Task StopAppenders()
    {
        await _oneAppender.DisposeAsync();
        await _twoAppender.DisposeAsync();
    }

    [Test]
    public async Task However_admins_collide_there_is_one_owner_while_anybody_is_left()
    {
        var random = new Random(4);
        for (var round = 0; round < 25; round++)
        {
            var chatId = await GroupAsync();
            await _roles[0].PromoteAsync(chatId, _users[0], _users[1]);
            await _roles[0].PromoteAsync(chatId, _users[0], _users[2]);
            await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ActAsync(random.Next(2), chatId, random.Next(7), User(random), User(random)))).OrDeadline();

            var roles = await RolesAsync(chatId);
            Assert.That(roles.Count(r => r.Role == "owner"), Is.EqualTo(roles.Count == 0 ? 0 : 1), $"round {round}");
            var stored = await Database.StoredAsync(chatId);
            Assert.That(stored.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, stored.Count)));
        }
    }

    [Test]
    public async Task An_owner_who_hands_over_and_leaves_at_once_leaves_one_owner()
    {
        for (var i = 0; i < 10; i++)
        {
            var chatId = await GroupAsync();
            await Task.WhenAll(
                _roles[0].TransferAsync(chatId, _users[0], _users[1]), _groups[1].LeaveAsync(chatId, _users[1]), _groups[0].LeaveAsync(chatId, _users[0]));
            Assert.That((await RolesAsync(chatId)).Count(r => r.Role == "owner"), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task The_longest_admin_takes_over_before_any_member()
    {
        var chatId = await GroupAsync();
        await _roles[0].PromoteAsync(chatId, _users[0], _users[3]);
        await _roles[0].SetPermissionsAsync(chatId, _users[0], _users[3], ChatPermissions.None);
        await _groups[0].LeaveAsync(chatId, _users[0]);
        Assert.That(await RolesAsync(chatId), Does.Contain(new RoleRow(_users[3], "owner")));
        Assert.That((await Database.RosterAsync(chatId)).Members[_users[3]].Permissions, Is.Null, "and may do everything again");
    }

    [Test]
    public async Task Admins_act_on_members_and_on_each_other_only_with_the_right_to_manage_roles()
    {
        var chatId = await GroupAsync();
        await _roles[0].PromoteAsync(chatId, _users[0], _users[1]);
        await _roles[0].PromoteAsync(chatId, _users[0], _users[2]);
        Assert.That(await OutcomeAsync(_groups[0].RemoveMemberAsync(chatId, _users[1], _users[2])), Is.EqualTo(GroupOutcome.Forbidden));
        Assert.That(await OutcomeAsync(_groups[0].RemoveMemberAsync(chatId, _users[1], _users[0])), Is.EqualTo(GroupOutcome.Forbidden));
        Assert.That(await OutcomeAsync(_roles[0].PromoteAsync(chatId, _users[1], _users[3])), Is.EqualTo(GroupOutcome.Forbidden));
        Assert.That(await OutcomeAsync(_groups[0].RemoveMemberAsync(chatId, _users[1], _users[4])), Is.EqualTo(GroupOutcome.Done));

        await _roles[0].SetPermissionsAsync(chatId, _users[0], _users[1], ChatPermissions.ManageRoles | ChatPermissions.Pin);
        Assert.That(await OutcomeAsync(_roles[0].DemoteAsync(chatId, _users[1], _users[0])), Is.EqualTo(GroupOutcome.Forbidden), "never on the owner");
        Assert.That(await OutcomeAsync(_roles[0].DemoteAsync(chatId, _users[1], _users[2])), Is.EqualTo(GroupOutcome.Done));
        Assert.That(await OutcomeAsync(_roles[0].PromoteAsync(chatId, _users[1], _users[3])), Is.EqualTo(GroupOutcome.Done));
        Assert.That((await Database.RosterAsync(chatId)).Members[_users[3]].Permissions, Is.EqualTo(ChatPermissions.Pin), "no more than the giver has");
        Assert.That(
            await OutcomeAsync(_roles[0].SetPermissionsAsync(chatId, _users[1], _users[2], ChatRights.GroupMembers | ChatPermissions.DeleteMessages)),
            Is.EqualTo(GroupOutcome.Forbidden));
        Assert.That(await OutcomeAsync(_roles[0].TransferAsync(chatId, _users[1], _users[2])), Is.EqualTo(GroupOutcome.Forbidden));
    }

    [Test]
    public async Task A_send_under_an_old_roster_is_checked_again()
    {
        var chatId = await GroupAsync();
        var before = await Database.RosterAsync(chatId);
        await _roles[0].SetDefaultsAsync(chatId, _users[0], ChatPermissions.React);
        Assert.That((await _twoAppender.AppendAsync(before.Message(_users[1]))).Outcome, Is.EqualTo(AppendOutcome.Forbidden));
        Assert.That((await _twoAppender.AppendAsync(before.Message(_users[0]))).Outcome, Is.EqualTo(AppendOutcome.Stored));
        await _roles[0].SetPermissionsAsync(chatId, _users[0], _users[1], ChatPermissions.SendText);
        Assert.That((await _twoAppender.AppendAsync(before.Message(_users[1]))).Outcome, Is.EqualTo(AppendOutcome.Stored));
        await _roles[0].MuteAsync(chatId, _users[0], _users[1], TimeSpan.FromHours(1));
        var muted = await _twoAppender.AppendAsync(before.Message(_users[1]));
        Assert.That((muted.Outcome, muted.NotBefore > DateTime.UtcNow), Is.EqualTo((AppendOutcome.Muted, true)));
    }

    [Test]
    public async Task What_was_taken_away_lasts_when_somebody_comes_back_and_what_was_given_does_not()
    {
        var chatId = await GroupAsync();
        await _roles[0].SetPermissionsAsync(chatId, _users[0], _users[1], ChatPermissions.SendText | ChatPermissions.DeleteMessages);
        await _roles[0].MuteAsync(chatId, _users[0], _users[1], TimeSpan.FromHours(1));
        await _groups[0].LeaveAsync(chatId, _users[1]);
        await _groups[0].AddMembersAsync(chatId, _users[0], [_users[1]], 100);
        var member = (await Database.RosterAsync(chatId)).Members[_users[1]];
        Assert.That((member.Permissions, member.IsMuted(DateTime.UtcNow)), Is.EqualTo(((ChatPermissions?)ChatPermissions.SendText, true)));
    }

    [Test]
    public async Task Slow_mode_lets_one_message_through_however_many_nodes_are_asked()
    {
        var chatId = await GroupAsync();
        await _groups[0].SetSlowModeAsync(chatId, _users[0], 600);
        var roster = await Database.RosterAsync(chatId);
        var sends = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? _oneAppender : _twoAppender).AppendAsync(roster.Message(_users[1], $"{i}")))).OrDeadline();
        Assert.That(sends.Count(s => s.Outcome is AppendOutcome.Stored), Is.EqualTo(1));
        Assert.That(sends.Count(s => s.Outcome is AppendOutcome.TooSoon), Is.EqualTo(19));
        Assert.That((await _oneAppender.AppendAsync(roster.Message(_users[2]))).Outcome, Is.EqualTo(AppendOutcome.Stored), "each waits for oneself");
        for (var i = 0; i < 3; i++)
            Assert.That((await _oneAppender.AppendAsync(roster.Message(_users[0]))).Outcome, Is.EqualTo(AppendOutcome.Stored), "the owner does not wait");
    }

    [Test]
    public async Task A_repeat_in_slow_mode_is_told_that_it_is_one()
    {
        var chatId = await GroupAsync();
        await _groups[0].SetSlowModeAsync(chatId, _users[0], 600);
        var roster = await Database.RosterAsync(chatId);
        var id = Guid.NewGuid();
        var first = await _oneAppender.AppendAsync(roster.Message(_users[1], id: id));
        var again = await _twoAppender.AppendAsync(roster.Message(_users[1], id: id));
        Assert.That((again.Outcome, again.MessageId), Is.EqualTo((AppendOutcome.Duplicate, first.MessageId)));
    }

    private Task ActAsync(int node, long chatId, int what, long actor, long target) => what switch
    {
        0 => _roles[node].PromoteAsync(chatId, actor, target),
        1 => _roles[node].DemoteAsync(chatId, actor, target),
        2 => _roles[node].TransferAsync(chatId, actor, target),
        3 => _groups[node].RemoveMemberAsync(chatId, actor, target),
        4 => _groups[node].AddMembersAsync(chatId, actor, [target], 100),
        5 => _roles[node].SetPermissionsAsync(chatId, actor, target, ChatRights.Everything),
        _ => _groups[node].LeaveAsync(chatId, actor),
    };

    private long User(Random random) => _users[random.Next(_users.Count - 1)];

    private static async Task<GroupOutcome> OutcomeAsync(Task<GroupChange> changing) => (await changing).Outcome;

    private MessageAppender Appender(int node) =>
        new(Database.DatabaseAt(node), new RecordingObserver(), new AppenderLimits(), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance);

    private async Task<long> GroupAsync()
    {
        var (change, _) = await _groups[0].CreateAsync(_users[0], Guid.NewGuid(), "Title", null, [.. _users.Skip(1).Take(4)], CancellationToken.None);
        return change.ChatId;
    }

    private Task<List<RoleRow>> RolesAsync(long chatId) => Database.ListAsync<RoleRow>(
        "SELECT user_id, role FROM chat_participants WHERE chat_id = @chatId AND left_at IS NULL ORDER BY user_id", new { chatId });

    private sealed record RoleRow(long UserId, string Role);
}
