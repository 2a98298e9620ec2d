using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Cluster;

/// <summary>What pushes may rely on, whoever carries them, and whether the receiver is on this node or on another.</summary>
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

        await Here.SendGroupExceptAsync("tea", "Say", ["to some"], [near.Id, far.Id]);

        await MustHearAsync("to some", nearOther, farOther);
        await MustNotHaveHeardAsync("to some", near, far);
    }

    [Test]
    public async Task WhoIsExcludedHereDoesNotKeepItFromThere()
    {
        var (near, far) = await TwoInGroupAsync("tea");

        await Here.SendGroupExceptAsync("tea", "Say", ["to the other"], [near.Id]);

        await MustHearAsync("to the other", far);
        await MustNotHaveHeardAsync("to the other", near);
    }

    [Test]
    public async Task WhoLeftHearsNothingMore()
    {
        var (near, far) = await TwoInGroupAsync("tea");
        await Here.RemoveFromGroupAsync(near.Id, "tea");
        await There.RemoveFromGroupAsync(far.Id, "tea");

        await Here.SendGroupAsync("tea", "Say", ["hello"]);

        await MustNotHaveHeardAsync("hello", near, far);
    }

    [Test]
    public async Task JoiningTwiceDeliversOnceAndLeavingOnceLeaves()
    {
        var far = await ConnectAsync(There);
        await There.AddToGroupAsync(far.Id, "tea");
        await There.AddToGroupAsync(far.Id, "tea");
        await Here.SendGroupAsync("tea", "Say", ["once"]);
        await MustHearAsync("once", far);
        await There.RemoveFromGroupAsync(far.Id, "tea");
        await Here.SendGroupAsync("tea", "Say", ["never"]);

        await MustNotHaveHeardAsync("never", far);
        Assert.That(far.Heard.All.Count(text => text == "once"), Is.EqualTo(1));
    }

    [Test]
    public async Task AConnectionOfTheOtherNodeIsAddedAndRemovedFromHere()
    {
        var far = await ConnectAsync(There);

        await Here.AddToGroupAsync(far.Id, "tea");
        await Here.SendGroupAsync("tea", "Say", ["in"]);
        await MustHearAsync("in", far);
        await Here.RemoveFromGroupAsync(far.Id, "tea");
        await Here.SendGroupAsync("tea", "Say", ["out"]);

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

        for (var i = 0; i < Count; i++) await Here.SendGroupAsync("tea", "Say", [$"{i}"]);

        var expected = Enumerable.Range(0, Count).Select(i => $"{i}");
        Assert.That(await near.Heard.WaitForCountAsync(Count), Is.EqualTo(expected));
        Assert.That(await far.Heard.WaitForCountAsync(Count), Is.EqualTo(expected));
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

    private async Task<ProbeConnection> ConnectAsync(HubLifetimeManager<ProbeHub> node, string? userId = null)
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

    /// <summary>What was sent before has arrived, or never will, once what is sent after it is there.</summary>
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

internal sealed class TwoNodesOverRedis : BackplaneContract
{
    private TestNode? _here;
    private TestNode? _there;

    protected override HubLifetimeManager<ProbeHub> Here => _here!.Manager;

    protected override HubLifetimeManager<ProbeHub> There => _there!.Manager;

    [OneTimeSetUp]
    public async Task StartNodes()
    {
        var options = new Realtime.Redis.RedisOptions { KeyPrefix = TestRedis.NewPrefix() };
        _here = await TestNode.OverRedisAsync(TestRedis.Shared, options);
        _there = await TestNode.OverRedisAsync(TestRedis.Shared, options);
    }

    [OneTimeTearDown]
    public async Task StopNodes()
    {
        if (_here is not null) await _here.DisposeAsync();
        if (_there is not null) await _there.DisposeAsync();
    }
}
