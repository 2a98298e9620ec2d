using Chat.Data.Groups;
using Chat.Data.Invites;
using Chat.Data.Messages;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Database;

/// <summary>Invites under the chat's lock, used on two nodes at once: as many come in as may, and nobody too late.</summary>
[TestFixture]
public sealed class JoiningByInvite : DatabaseFixture
{
    private IReadOnlyList<long> _users = [];
    private readonly List<MessageAppender> _appenders = [];
    private InviteRepository[] _invites = [];
    private GroupRepository _groups = null!;
    private ManualTime _time = null!;

    [OneTimeSetUp]
    public async Task MakeUsers()
    {
        _users = await Database.UsersAsync(30);
        _time = new ManualTime();
        for (var node = 0; node < 2; node++)
            _appenders.Add(new MessageAppender(
                Database.DatabaseAt(node), new RecordingObserver(), new AppenderLimits(), TestMetrics.Data(), TimeProvider.System, NullLogger<MessageAppender>.Instance));
        _invites = [.. _appenders.Select((appender, node) => new InviteRepository(Database.DatabaseAt(node), appender, _time))];
        _groups = new GroupRepository(Database.Database, _appenders[0], TimeProvider.System);
    }

    [OneTimeTearDown]
    public async Task StopAppenders()
    {
        foreach (var appender in _appenders) await appender.DisposeAsync();
    }

    [Test]
    public async Task A_limited_invite_lets_in_exactly_as_many_as_it_may()
    {
        var (chatId, code, _) = await InviteAsync(maxUses: 5);
        var joins = await Task.WhenAll(_users.Skip(2).Select((user, i) => _invites[i % 2].JoinAsync(code, user, 100))).OrDeadline();
        Assert.That(joins.Count(j => j.Outcome is JoinOutcome.Joined), Is.EqualTo(5));
        Assert.That(joins.Count(j => j.Outcome is JoinOutcome.NotFound), Is.EqualTo(joins.Length - 5));
        Assert.That((await Database.RosterAsync(chatId)).Members, Has.Count.EqualTo(7));
        Assert.That((await _invites[0].ListAsync(chatId, 0, 10, CancellationToken.None)).Single().Uses, Is.EqualTo(5));
        Assert.That(await _invites[0].PreviewAsync(code, CancellationToken.None), Is.Null, "used up");
        var stored = await Database.StoredAsync(chatId);
        Assert.That(stored.Select(m => m.MessageId), Is.EqualTo(Enumerable.Range(1, 6)));
    }

    [Test]
    public async Task One_person_who_joins_many_times_at_once_is_in_once()
    {
        var (chatId, code, _) = await InviteAsync(maxUses: 3);
        var joins = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => _invites[i % 2].JoinAsync(code, _users[5], 100))).OrDeadline();
        Assert.That(joins.Count(j => j.Outcome is JoinOutcome.Joined), Is.EqualTo(1));
        Assert.That(joins.Count(j => j.Outcome is JoinOutcome.AlreadyIn), Is.EqualTo(9));
        Assert.That((await _invites[0].ListAsync(chatId, 0, 10, CancellationToken.None)).Single().Uses, Is.EqualTo(1));
    }

    [Test]
    public async Task A_group_does_not_grow_beyond_its_limit_by_invites()
    {
        var (_, code, _) = await InviteAsync();
        var joins = await Task.WhenAll(_users.Skip(2).Select((user, i) => _invites[i % 2].JoinAsync(code, user, 6))).OrDeadline();
        Assert.That(joins.Count(j => j.Outcome is JoinOutcome.Joined), Is.EqualTo(4));
        Assert.That(joins.Count(j => j.Outcome is JoinOutcome.TooManyMembers), Is.EqualTo(joins.Length - 4));
    }

    [Test]
    public async Task After_its_revocation_nobody_comes_in_by_it()
    {
        var (chatId, code, inviteId) = await InviteAsync();
        var joins = _users.Skip(2).Select((user, i) => _invites[i % 2].JoinAsync(code, user, 100)).ToList();
        await _invites[0].RevokeAsync(chatId, _users[0], inviteId);
        var present = (await Database.RosterAsync(chatId)).Members.Count;
        var late = await _invites[1].JoinAsync(code, _users[29], 100);
        var outcomes = await Task.WhenAll(joins).OrDeadline();
        Assert.That(late.Outcome, Is.AnyOf(JoinOutcome.NotFound));
        Assert.That((await Database.RosterAsync(chatId)).Members, Has.Count.EqualTo(present));
        Assert.That(outcomes.Count(j => j.Outcome is JoinOutcome.Joined), Is.EqualTo(present - 2));
        Assert.That((await _invites[0].RevokeAsync(chatId, _users[0], 999_999)).Outcome, Is.EqualTo(GroupOutcome.UserNotFound));
        Assert.That((await _invites[0].RevokeAsync(chatId, _users[1], inviteId)).Outcome, Is.EqualTo(GroupOutcome.Forbidden));
    }

    [Test]
    public async Task An_invite_ends_when_its_time_is_over()
    {
        var (_, code, _) = await InviteAsync(lifetime: TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.That((await _invites[0].PreviewAsync(code, CancellationToken.None))!.MemberCount, Is.EqualTo(2));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(await _invites[0].PreviewAsync(code, CancellationToken.None), Is.Null);
        Assert.That((await _invites[0].JoinAsync(code, _users[5], 100)).Outcome, Is.EqualTo(JoinOutcome.NotFound));
    }

    [Test]
    public async Task A_request_is_answered_once()
    {
        var (chatId, code, _) = await InviteAsync(needsApproval: true);
        Assert.That((await _invites[0].JoinAsync(code, _users[5], 100)).Outcome, Is.EqualTo(JoinOutcome.Requested));
        Assert.That((await _invites[1].JoinAsync(code, _users[5], 100)).Outcome, Is.EqualTo(JoinOutcome.Requested), "asking again is free");
        Assert.That((await Database.RosterAsync(chatId)).Has(_users[5]), Is.False);
        Assert.That((await _invites[0].ListRequestsAsync(chatId, 0, 10, CancellationToken.None)).Select(r => r.UserId), Is.EqualTo(new[] { _users[5] }));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => _invites[i % 2].AnswerAsync(chatId, _users[0], _users[5], i % 2 == 0, 100))).OrDeadline();
        Assert.That(answers.Count(a => a.Outcome is GroupOutcome.Done), Is.EqualTo(1));
        Assert.That(answers.Count(a => a.Outcome is GroupOutcome.UserNotFound), Is.EqualTo(5));
        var approved = Array.FindIndex(answers, a => a.Outcome is GroupOutcome.Done) % 2 == 0;
        Assert.That((await Database.RosterAsync(chatId)).Has(_users[5]), Is.EqualTo(approved));
        Assert.That(await _invites[0].ListRequestsAsync(chatId, 0, 10, CancellationToken.None), Is.Empty);
    }

    private async Task<(long ChatId, byte[] Code, long InviteId)> InviteAsync(int? maxUses = null, TimeSpan? lifetime = null, bool needsApproval = false)
    {
        var (change, _) = await _groups.CreateAsync(_users[0], Guid.NewGuid(), "Title", null, [_users[1]], CancellationToken.None);
        var code = Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray();
        var (_, inviteId) = await _invites[0].CreateAsync(change.ChatId, _users[0], new NewInvite(code, lifetime, maxUses, needsApproval));
        return (change.ChatId, code, inviteId);
    }
}
