using Chat.Server.Realtime;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster;

/// <summary>Events that are pushed in one call: who gets which of them, in which order, on this node and on another.</summary>
[TestFixture]
internal sealed class PushingTogether
{
    private readonly List<ProbeConnection> _connections = [];
    private TestNode? _here;
    private TestNode? _there;

    [OneTimeSetUp]
    public async Task Start()
    {
        var options = new Realtime.Redis.RedisOptions { KeyPrefix = TestRedis.NewPrefix() };
        _here = await TestNode.OverRedisAsync(TestRedis.Shared, options);
        _there = await TestNode.OverRedisAsync(TestRedis.Shared, options);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (var connection in _connections) await connection.DisposeAsync();
        if (_here is not null) await _here.DisposeAsync();
        if (_there is not null) await _there.DisposeAsync();
    }

    [Test]
    public async Task Everybody_gets_them_in_order_but_each_without_those_that_are_not_for_him()
    {
        var group = NewGroup();
        var (writer, other, reader, far) = (await JoinAsync(_here!, group), await JoinAsync(_here!, group), await JoinAsync(_here!, group), await JoinAsync(_there!, group));

        _here!.Manager.Push([group], [Say("1", writer), Say("2", other), Say("3"), Say("4", writer), Say("end")]);

        Assert.That(await HeardAsync(writer), Is.EqualTo(new[] { "2", "3", "end" }));
        Assert.That(await HeardAsync(other), Is.EqualTo(new[] { "1", "3", "4", "end" }));
        Assert.That(await HeardAsync(reader), Is.EqualTo(new[] { "1", "2", "3", "4", "end" }));
        Assert.That(await HeardAsync(far), Is.EqualTo(new[] { "1", "2", "3", "4", "end" }));
    }

    [Test]
    public async Task Who_gets_none_of_them_is_not_written_to()
    {
        var group = NewGroup();
        var writer = await JoinAsync(_here!, group);
        _here!.Manager.Push([group], [Say("1", writer), Say("2", writer)]);
        _here.Manager.Push([group], [Say("end")]);
        Assert.That(await HeardAsync(writer), Is.EqualTo(new[] { "end" }));
    }

    [Test]
    public async Task Several_groups_at_once_and_a_group_that_nobody_is_in()
    {
        var (one, two) = (NewGroup(), NewGroup());
        var (ann, bob) = (await JoinAsync(_here!, one), await JoinAsync(_there!, two));
        _here!.Manager.Push([one, two, NewGroup()], [Say("1"), Say("end")]);
        Assert.That(await HeardAsync(ann), Is.EqualTo(new[] { "1", "end" }));
        Assert.That(await HeardAsync(bob), Is.EqualTo(new[] { "1", "end" }));
        Assert.DoesNotThrow(() => _here.Manager.Push([NewGroup()], [Say("nobody")]));
    }

    [Test]
    public async Task More_than_fits_into_a_write_stays_in_order()
    {
        var group = NewGroup();
        var (near, far) = (await JoinAsync(_here!, group), await JoinAsync(_there!, group));
        var texts = Enumerable.Range(1, 500).Select(i => $"{i}: {new string('x', i % 7 * 100)}").Append("end").ToList();
        _here!.Manager.Push([group], [.. texts.Select(text => Say(text))]);
        Assert.That(await HeardAsync(near), Is.EqualTo(texts));
        Assert.That(await HeardAsync(far), Is.EqualTo(texts));
    }

    [Test]
    public async Task A_group_that_grows_large_and_shrinks_again_has_each_member_once()
    {
        var group = NewGroup();
        var members = new List<ProbeConnection>();
        for (var i = 0; i < 40; i++) members.Add(await JoinAsync(_here!, group));
        foreach (var member in members) await _here!.Manager.AddToGroupAsync(member.Id, group);
        _here!.Manager.Push([group], [Say("all")]);
        foreach (var leaving in members.Skip(3)) await _here.Manager.RemoveFromGroupAsync(leaving.Id, group);
        _here.Manager.Push([group], [Say("end")]);
        foreach (var member in members.Take(3)) Assert.That(await HeardAsync(member), Is.EqualTo(new[] { "all", "end" }));
        foreach (var member in members) await _here.Manager.RemoveFromGroupAsync(member.Id, group);
        Assert.That(members.SelectMany(member => _here.Manager.GroupsOf(member.Id)), Is.Empty);
        foreach (var member in members.Skip(3))
        {
            // Each connection is written to by itself: that others have heard the end says nothing of this one.
            await member.Heard.WaitForAsync(text => text == "all");
            Assert.That(member.Heard.All, Is.EqualTo(new[] { "all" }));
        }
    }

    [Test]
    public async Task What_one_thread_pushes_is_not_mixed_up_with_what_another_does()
    {
        var groups = Enumerable.Range(0, 8).Select(_ => NewGroup()).ToList();
        var members = new List<ProbeConnection>();
        foreach (var group in groups) members.Add(await JoinAsync(_here!, group));
        await Task.WhenAll(groups.Select(group => Task.Run(() =>
        {
            for (var i = 0; i < 200; i++) _here!.Manager.Push([group], [Say($"{group} {i}"), Say($"{group} {i} again")]);
            _here!.Manager.Push([group], [Say("end")]);
        })));
        for (var i = 0; i < groups.Count; i++)
            Assert.That(await HeardAsync(members[i]), Is.EqualTo(Enumerable.Range(0, 200).SelectMany(n => new[] { $"{groups[i]} {n}", $"{groups[i]} {n} again" }).Append("end")));
    }

    private static string NewGroup() => Guid.NewGuid().ToString("N");

    private static PushedEvent Say(string text, ProbeConnection? except = null) => new("Say", text, except?.Id);

    private async Task<ProbeConnection> JoinAsync(TestNode node, string group)
    {
        var connection = new ProbeConnection();
        _connections.Add(connection);
        await node.Manager.OnConnectedAsync(connection.Context);
        await node.Manager.AddToGroupAsync(connection.Id, group);
        return connection;
    }

    private static async Task<IReadOnlyList<string>> HeardAsync(ProbeConnection connection)
    {
        await connection.Heard.WaitForAsync(text => text == "end");
        return connection.Heard.All;
    }
}
