using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Cluster;

/// <summary>
/// What pushes may rely on, whoever carries them, and whether the receiver is on this node or on another. Where backplanes differ stands
/// in <see cref="WhereTheBackplanesDiffer"/>.
/// </summary>
internal abstract class BackplaneContract
{
    private readonly List<(HubLifetimeManager<ProbeHub> Node, ProbeConnection Connection)> _connections = [];

    /// <summary>The node that the tests send from.</summary>
    protected abstract HubLifetimeManager<ProbeHub> Here { get; }

    /// <summary>The node of the second of two connections; may be the same.</summary>
    protected abstract HubLifetimeManager<ProbeHub> There { get; }

    [TearDown]
    public async Task Disconnect()
    {
        foreach (var (node, connection) in _connections)
        {
            await node.OnDisconnectedAsync(connection.Context);
            await connection.DisposeAsync();
        }
        _connections.Clear();
    }

    [Test]
    public async Task AGroupReachesItsMembersOnBothNodesAndNobodyElse()
    {
        var (near, far) = await TwoInGroupAsync("tea");
        var (stranger, strangerThere) = (await ConnectAsync(Here), await ConnectAsync(There));

        await Here.SendGroupAsync("tea", "Say", ["hello"]);

        await MustHearAsync("hello", near, far);
        await MustNotHaveHeardAsync("hello", stranger, strangerThere);
    }

    [Test]
    public async Task SeveralGroupsAtOnce()
    {
        var (near, far) = (await ConnectAsync(Here), await ConnectAsync(There));
        await Here.AddToGroupAsync(near.Id, "tea");
        await There.AddToGroupAsync(far.Id, "coffee");
        var stranger = await ConnectAsync(There);

        await Here.SendGroupsAsync(["tea", "coffee"], "Say", ["hello"]);

        await MustHearAsync("hello", near, far);
        await MustNotHaveHeardAsync("hello", stranger);
    }

    [Test]
    public async Task AGroupButNotTheExcluded()
    {
        var (near, far) = await TwoInGroupAsync("tea");
        var (nearOther, farOther) = await TwoInGroupAsync("tea");

        await Here.SendGroupExceptAsync("tea", "Say", ["to some"], [near.Id, far.Id, "nobody"]);

        await MustHearAsync("to some", nearOther, farOther);
        await MustNotHaveHeardAsync("to some", near, far);
    }

    [Test]
    public async Task WhoIsExcludedHereDoesNotKeepItFromThere()
    {
        var (near, far) = await TwoInGroupAsync("tea");
        var (nearOther, _) = await TwoInGroupAsync("tea");

        await Here.SendGroupExceptAsync("tea", "Say", ["to the other"], [near.Id]);

        await MustHearAsync("to the other", far, nearOther);
        await MustNotHaveHeardAsync("to the other", near);
    }

    [Test]
    public async Task WhoLeftHearsNothingMore()
    {
        var (near, far) = await TwoInGroupAsync("tea");
        var (staying, stayingThere) = await TwoInGroupAsync("tea");
        await Here.RemoveFromGroupAsync(near.Id, "tea");
        await There.RemoveFromGroupAsync(far.Id, "tea");

        await Here.SendGroupAsync("tea", "Say", ["hello"]);

        await MustHearAsync("hello", staying, stayingThere);
        await MustNotHaveHeardAsync("hello", near, far);
    }

    [Test]
    public async Task JoiningTwiceDeliversOnceAndLeavingOnceLeaves()
    {
        var (_, staying) = await TwoInGroupAsync("tea");
        var far = await ConnectAsync(There);
        await There.AddToGroupAsync(far.Id, "tea");
        await There.AddToGroupAsync(far.Id, "tea");
        await Here.SendGroupAsync("tea", "Say", ["once"]);
        await MustHearAsync("once", far);
        await There.RemoveFromGroupAsync(far.Id, "tea");
        await Here.SendGroupAsync("tea", "Say", ["never"]);

        await MustHearAsync("never", staying);
        await MustNotHaveHeardAsync("never", far);
        Assert.That(far.Heard.All.Count(text => text == "once"), Is.EqualTo(1));
    }

    [Test]
    public async Task AConnectionOfTheOtherNodeIsAddedAndRemovedFromHere()
    {
        var (_, staying) = await TwoInGroupAsync("tea");
        var far = await ConnectAsync(There);

        await Here.AddToGroupAsync(far.Id, "tea");
        await Here.SendGroupAsync("tea", "Say", ["in"]);
        await MustHearAsync("in", far);
        await Here.RemoveFromGroupAsync(far.Id, "tea");
        await Here.SendGroupAsync("tea", "Say", ["out"]);

        await MustHearAsync("out", staying);
        await MustNotHaveHeardAsync("out", far);
    }

    [Test]
    public async Task AUserIsReachedOnEveryConnection()
    {
        var (near, far) = (await ConnectAsync(Here, "ann"), await ConnectAsync(There, "ann"));
        var other = await ConnectAsync(There, "bob");

        await Here.SendUserAsync("ann", "Say", ["hello"]);

        await MustHearAsync("hello", near, far);
        await MustNotHaveHeardAsync("hello", other);
    }

    [Test]
    public async Task SeveralUsersAtOnce()
    {
        var (near, far) = (await ConnectAsync(Here, "ann"), await ConnectAsync(There, "bob"));
        var other = await ConnectAsync(There, "cid");

        await Here.SendUsersAsync(["ann", "bob"], "Say", ["hello"]);

        await MustHearAsync("hello", near, far);
        await MustNotHaveHeardAsync("hello", other);
    }

    [Test]
    public async Task EverybodyAndEverybodyBut()
    {
        var (near, far) = (await ConnectAsync(Here), await ConnectAsync(There));
        var (nearOther, farOther) = (await ConnectAsync(Here), await ConnectAsync(There));

        await Here.SendAllAsync("Say", ["to all"]);
        await Here.SendAllExceptAsync("Say", ["to some"], [near.Id, far.Id]);

        await MustHearAsync("to all", near, far, nearOther, farOther);
        await MustHearAsync("to some", nearOther, farOther);
        await MustNotHaveHeardAsync("to some", near, far);
    }

    [Test]
    public async Task ConnectionsByTheirIds()
    {
        var (near, far) = (await ConnectAsync(Here), await ConnectAsync(There));
        var (alsoNear, alsoFar) = (await ConnectAsync(Here), await ConnectAsync(There));

        await Here.SendConnectionAsync(far.Id, "Say", ["to one"]);
        await Here.SendConnectionsAsync([near.Id, alsoFar.Id], "Say", ["to two"]);

        await MustHearAsync("to one", far);
        await MustHearAsync("to two", near, alsoFar);
        await MustNotHaveHeardAsync("to one", near, alsoNear, alsoFar);
        await MustNotHaveHeardAsync("to two", far, alsoNear);
    }

    [Test]
    public async Task WhatOneSaysArrivesInOrder()
    {
        const int Count = 2_000;
        var (near, far) = await TwoInGroupAsync("tea");

        // None is awaited before the next: the notifiers do not, either.
        var sends = Enumerable.Range(0, Count).Select(i => Here.SendGroupAsync("tea", "Say", [$"{i}"])).ToList();
        await Task.WhenAll(sends).OrDeadline();

        var expected = Enumerable.Range(0, Count).Select(i => $"{i}");
        Assert.That(await near.Heard.WaitForCountAsync(Count), Is.EqualTo(expected));
        Assert.That(await far.Heard.WaitForCountAsync(Count), Is.EqualTo(expected));
    }

    [Test]
    public async Task WhatSeveralSayAtOnceOnBothNodesArrivesInTheOrderOfEach()
    {
        const int Count = 250;
        var (near, far) = await TwoInGroupAsync("tea");
        var (nearToo, farToo) = await TwoInGroupAsync("tea");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(sender => Task.Run(async () =>
        {
            var node = sender % 2 == 0 ? Here : There;
            for (var i = 0; i < Count; i++) await node.SendGroupAsync("tea", "Say", [$"{sender} {i}"]);
        }))).OrDeadline();

        foreach (var connection in new[] { near, far, nearToo, farToo })
        {
            var heard = await connection.Heard.WaitForCountAsync(8 * Count);
            foreach (var bySender in heard.GroupBy(text => text.Split(' ')[0]))
                Assert.That(bySender, Is.EqualTo(Enumerable.Range(0, Count).Select(i => $"{bySender.Key} {i}")));
        }
    }

    [Test]
    public async Task LargePushesArriveWholeAndInOrder()
    {
        var (near, far) = await TwoInGroupAsync("tea");
        var texts = Enumerable.Range(0, 30).Select(i => new string((char)('a' + i % 26), 100_000 + i)).ToList();

        foreach (var text in texts)
        {
            await Here.SendGroupAsync("tea", "Say", [text]);
            // As many as a client is allowed to leave waiting would be fewer.
            await MustHearAsync(text, near, far);
        }

        Assert.That(near.Heard.All, Is.EqualTo(texts));
        Assert.That(far.Heard.All, Is.EqualTo(texts));
    }

    [Test]
    public async Task WhoGoesDuringASendHarmsNobody()
    {
        const int Count = 500;
        var (near, far) = await TwoInGroupAsync("tea");
        var (leaving, leavingThere) = await TwoInGroupAsync("tea");

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++) await Here.SendGroupAsync("tea", "Say", [$"{i}"]);
        });
        await leaving.Heard.WaitForCountAsync(1);
        await Here.OnDisconnectedAsync(leaving.Context);
        await There.OnDisconnectedAsync(leavingThere.Context);
        await sending.OrDeadline();

        await near.Heard.WaitForCountAsync(Count);
        await far.Heard.WaitForCountAsync(Count);
    }

    [Test]
    public async Task ManyJoinAndLeaveWhileOthersSend()
    {
        var staying = await ConnectAsync(There);
        await There.AddToGroupAsync(staying.Id, "tea");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await using var guest = new ProbeConnection();
                await There.OnConnectedAsync(guest.Context);
                await There.AddToGroupAsync(guest.Id, "tea");
                await There.AddToGroupAsync(guest.Id, $"own {worker}");
                await Here.SendGroupAsync("tea", "Say", [$"{worker}.{i}"]);
                await There.OnDisconnectedAsync(guest.Context);
            }
        }))).OrDeadline();

        var heard = await staying.Heard.WaitForCountAsync(1_600);
        Assert.That(heard, Is.Unique);
    }

    [Test]
    public async Task AClientsAnswerComesBack()
    {
        var near = await ConnectAsync(Here);

        var answer = Here.InvokeConnectionAsync<int>(near.Id, "Ask", ["how many?"], CancellationToken.None);
        var id = await near.Asked.WaitForAsync(_ => true);
        Assert.That(Here.TryGetReturnType(id, out var type) ? type : null, Is.EqualTo(typeof(int)));
        await Here.SetConnectionResultAsync(near.Id, CompletionMessage.WithResult(id, 42));

        Assert.That(await answer.OrDeadline(), Is.EqualTo(42));
    }

    protected async Task<ProbeConnection> ConnectAsync(HubLifetimeManager<ProbeHub> node, string? userId = null)
    {
        var connection = new ProbeConnection(userId);
        _connections.Add((node, connection));
        await node.OnConnectedAsync(connection.Context);
        return connection;
    }

    private async Task<(ProbeConnection Near, ProbeConnection Far)> TwoInGroupAsync(string group)
    {
        var (near, far) = (await ConnectAsync(Here), await ConnectAsync(There));
        await Here.AddToGroupAsync(near.Id, group);
        await There.AddToGroupAsync(far.Id, group);
        return (near, far);
    }

    private static Task MustHearAsync(string text, params ProbeConnection[] connections) =>
        Task.WhenAll(connections.Select(connection => connection.Heard.WaitForAsync(heard => heard == text)));

    /// <summary>
    /// To be asked when somebody on the same node has heard it, or what came after it the same way: then it has been handed out there, and
    /// once something later is read from a connection, it has arrived there or never will.
    /// </summary>
    private async Task MustNotHaveHeardAsync(string text, params ProbeConnection[] connections)
    {
        foreach (var connection in connections)
        {
            await Here.SendConnectionAsync(connection.Id, "Say", ["the end"]);
            await MustHearAsync("the end", connection);
            Assert.That(connection.Heard.All, Does.Not.Contain(text));
        }
    }
}

/// <summary>The reference: what SignalR does by itself.</summary>
internal sealed class SignalRsOwn : BackplaneContract
{
    private readonly DefaultHubLifetimeManager<ProbeHub> _manager = new(NullLogger<DefaultHubLifetimeManager<ProbeHub>>.Instance);

    protected override HubLifetimeManager<ProbeHub> Here => _manager;

    protected override HubLifetimeManager<ProbeHub> There => _manager;
}

internal sealed class OneNodeAlone : BackplaneContract
{
    private readonly TestNode _node = TestNode.Alone();

    protected override HubLifetimeManager<ProbeHub> Here => _node.Manager;

    protected override HubLifetimeManager<ProbeHub> There => _node.Manager;
}

[TestFixtureSource(typeof(RedisBackplanes), nameof(RedisBackplanes.Built))]
internal sealed class TwoNodesOverRedis(string backplane) : BackplaneContract
{
    private readonly RedisOptions _options = new() { KeyPrefix = TestRedis.NewPrefix() };
    private IPushNode? _here;
    private IPushNode? _there;

    protected override HubLifetimeManager<ProbeHub> Here => _here!.Manager;

    protected override HubLifetimeManager<ProbeHub> There => _there!.Manager;

    [OneTimeSetUp]
    public async Task StartNodes()
    {
        _here = await StartNodeAsync();
        _there = await StartNodeAsync();
    }

    [OneTimeTearDown]
    public async Task StopNodes()
    {
        if (_here is not null) await _here.DisposeAsync();
        if (_there is not null) await _there.DisposeAsync();
    }

    [Test]
    public async Task ANodeThatComesLaterHearsWhatIsSaidFromThenOn()
    {
        var near = await ConnectAsync(Here);
        await Here.AddToGroupAsync(near.Id, "tea");
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            var sent = 0;
            while (!stop.IsCancellationRequested)
            {
                await Here.SendGroupAsync("tea", "Say", [$"{sent}"]);
                // No faster than a client reads, or it would be dropped.
                await near.Heard.WaitForCountAsync(++sent);
            }
            return sent;
        });
        await near.Heard.WaitForCountAsync(1);

        await using var late = await StartNodeAsync();
        await using var newcomer = new ProbeConnection();
        await late.Manager.OnConnectedAsync(newcomer.Context);
        await late.Manager.AddToGroupAsync(newcomer.Id, "tea");
        await newcomer.Heard.WaitForCountAsync(100);
        await stop.CancelAsync();
        var last = await sending.OrDeadline() - 1;

        await newcomer.Heard.WaitForAsync(text => text == $"{last}");
        var heard = newcomer.Heard.All.Select(int.Parse).ToList();
        Assert.That(heard, Is.EqualTo(Enumerable.Range(heard[0], heard.Count)));
        await late.Manager.OnDisconnectedAsync(newcomer.Context);
    }

    private Task<IPushNode> StartNodeAsync() => RedisBackplanes.StartAsync(backplane, TestRedis.Shared, _options);
}
