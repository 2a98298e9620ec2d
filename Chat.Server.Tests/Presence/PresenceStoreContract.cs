using System.Diagnostics;
using Chat.Server.Features.Presence;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Presence;

/// <summary>What every presence store must do. Leases are short, so that their end can be waited for.</summary>
public abstract class PresenceStoreContract
{
    protected static readonly PresenceOptions Options = new()
    {
        LeaseTime = TimeSpan.FromSeconds(1.5), Linger = TimeSpan.FromSeconds(0.3), SweepInterval = TimeSpan.FromMilliseconds(50),
    };

    private static long _nextUser = Random.Shared.NextInt64(1_000_000, 1_000_000_000);

    private long _user;

    protected abstract IPresenceStore Store { get; }

    [SetUp]
    public void NewUser() => _user = Interlocked.Increment(ref _nextUser);

    [Test]
    public async Task The_first_lease_means_online_and_is_told_once()
    {
        Assert.That(await IsOnlineAsync(), Is.False);
        Assert.That((await Store.TouchAsync([Lease("a")])).UserIds, Is.EqualTo(new[] { _user }));
        Assert.That(await IsOnlineAsync(), Is.True);
        Assert.That((await Store.TouchAsync([Lease("a"), Lease("b")])).UserIds, Is.Empty);
    }

    [Test]
    public async Task The_last_end_means_offline_after_the_linger_and_is_told_once()
    {
        await Store.TouchAsync([Lease("a"), Lease("b")]);
        await Store.EndAsync(Lease("a"));
        await Task.Delay(Options.Linger + TimeSpan.FromMilliseconds(200));
        Assert.That(await SweptAsync(), Is.False);
        Assert.That(await IsOnlineAsync(), Is.True);

        await Store.EndAsync(Lease("b"));
        Assert.That(await IsOnlineAsync(), Is.True, "still within the linger");
        await UntilSweptAsync(atMost: Options.LeaseTime);
        Assert.That(await IsOnlineAsync(), Is.False);
        Assert.That(await SweptAsync(), Is.False);
    }

    [Test]
    public async Task Whatever_is_said_later_has_a_higher_revision()
    {
        var begin = (await Store.TouchAsync([Lease("a")])).Revision;
        var seen = (await Store.FindOnlineAsync([_user])).Revision;
        await Store.EndAsync(Lease("a"));
        PresenceEnd? end = null;
        await Deadline.UntilAsync(
            async () => (end = (await Store.SweepAsync()).Where(e => e.UserId == _user).Cast<PresenceEnd?>().SingleOrDefault()) is not null,
            "the end is told of");
        var back = (await Store.TouchAsync([Lease("b")])).Revision;
        Assert.That(new[] { begin, seen, end!.Value.Revision, back }, Is.Ordered.Ascending);
        Assert.That(back, Is.GreaterThan(end.Value.Revision));
    }

    [Test]
    public async Task A_lease_that_nobody_renews_runs_out()
    {
        var start = Stopwatch.GetTimestamp();
        await Store.TouchAsync([Lease("a")]);
        await UntilSweptAsync(atMost: Options.LeaseTime * 2);
        Assert.That(Stopwatch.GetElapsedTime(start), Is.GreaterThan(Options.LeaseTime - TimeSpan.FromMilliseconds(50)));
    }

    [Test]
    public async Task A_renewed_lease_lives_on()
    {
        await Store.TouchAsync([Lease("a")]);
        for (var i = 0; i < 4; i++)
        {
            await Task.Delay(Options.LeaseTime / 3);
            Assert.That(await SweptAsync(), Is.False);
            await Store.TouchAsync([Lease("a")]);
        }
        Assert.That(await IsOnlineAsync(), Is.True);
    }

    [Test]
    public async Task A_reconnect_within_the_linger_does_not_show()
    {
        await Store.TouchAsync([Lease("a")]);
        await Store.EndAsync(Lease("a"));
        Assert.That((await Store.TouchAsync([Lease("b")])).UserIds, Is.Empty);
        await Task.Delay(Options.Linger + TimeSpan.FromMilliseconds(100));
        Assert.That(await SweptAsync(), Is.False);
        Assert.That(await IsOnlineAsync(), Is.True);
    }

    [Test]
    public async Task Somebody_may_come_back_after_being_swept()
    {
        await Store.TouchAsync([Lease("a")]);
        await Store.EndAsync(Lease("a"));
        await UntilSweptAsync(atMost: Options.LeaseTime);
        Assert.That((await Store.TouchAsync([Lease("b")])).UserIds, Is.EqualTo(new[] { _user }));
    }

    [Test]
    public async Task Ending_what_never_began_changes_nothing()
    {
        await Store.EndAsync(Lease("never"));
        Assert.That(await IsOnlineAsync(), Is.False);
        Assert.That(await SweptAsync(), Is.False);
    }

    [Test]
    public async Task Only_those_asked_about_are_answered()
    {
        await Store.TouchAsync([Lease("a")]);
        Assert.That((await Store.FindOnlineAsync([])).UserIds, Is.Empty);
        Assert.That((await Store.FindOnlineAsync([_user, 999_999_999_999])).UserIds, Is.EquivalentTo(new[] { _user }));
    }

    [Test]
    public async Task The_end_is_told_with_the_time_of_the_last_lease_and_not_of_whoever_looks()
    {
        await Store.TouchAsync([Lease("phone"), Lease("laptop")]);
        await Store.EndAsync(Lease("phone"));
        await Task.Delay(Options.Linger);
        await Store.EndAsync(Lease("laptop"));
        var ended = DateTime.UtcNow;
        await Task.Delay(Options.Linger + TimeSpan.FromMilliseconds(500));

        var end = (await Store.SweepAsync()).Single(end => end.UserId == _user);
        Assert.That(end.At, Is.EqualTo(ended + Options.Linger).Within(TimeSpan.FromMilliseconds(200)));
        Assert.That(end.At.Kind, Is.EqualTo(DateTimeKind.Utc));
    }

    [Test]
    public async Task One_device_that_goes_and_one_whose_node_died_are_one_presence_until_the_later_of_both()
    {
        await Store.TouchAsync([Lease("left alone"), Lease("goes")]);
        await Store.EndAsync(Lease("goes"));
        await Task.Delay(Options.Linger + TimeSpan.FromMilliseconds(200));
        Assert.That(await SweptAsync(), Is.False);
        await UntilSweptAsync(atMost: Options.LeaseTime);
        Assert.That(await SweptAsync(), Is.False, "once for both");
    }

    [Test]
    public async Task The_end_of_a_lease_that_has_run_out_brings_nobody_back()
    {
        await Store.TouchAsync([Lease("frozen")]);
        await UntilSweptAsync(atMost: Options.LeaseTime * 2);
        await Store.EndAsync(Lease("frozen"));
        Assert.That(await IsOnlineAsync(), Is.False);
        Assert.That(await SweptAsync(), Is.False);
    }

    [Test]
    public async Task A_lease_that_ran_out_ends_nothing_for_the_device_that_came_meanwhile()
    {
        await Store.TouchAsync([Lease("frozen")]);
        await UntilSweptAsync(atMost: Options.LeaseTime * 2);
        await Store.TouchAsync([Lease("elsewhere")]);
        // The frozen node goes on, renews what it believes in, and then finds the connection dead.
        Assert.That((await Store.TouchAsync([Lease("frozen")])).UserIds, Is.Empty);
        await Store.EndAsync(Lease("frozen"));
        await Task.Delay(Options.Linger + TimeSpan.FromMilliseconds(200));
        Assert.That(await SweptAsync(), Is.False);
        Assert.That(await IsOnlineAsync(), Is.True);
    }

    private PresenceLease Lease(string connection) => new(_user, $"{_user}-{connection}");

    private async Task<bool> IsOnlineAsync() => (await Store.FindOnlineAsync([_user])).UserIds.Contains(_user);

    private async Task<bool> SweptAsync() => (await Store.SweepAsync()).Any(end => end.UserId == _user);

    private async Task UntilSweptAsync(TimeSpan atMost)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await SweptAsync())
        {
            Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(atMost + TimeSpan.FromSeconds(2)), "was never swept");
            await Task.Delay(20);
        }
    }
}

[TestFixture]
public sealed class TheLocalPresenceStore : PresenceStoreContract
{
    protected override IPresenceStore Store { get; } = new LocalPresenceStore(Options, TimeProvider.System);
}
