using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;
using StackExchange.Redis;

namespace Chat.Server.Tests.Cluster;

/// <summary>
/// What ours does and Microsoft's does not, or otherwise: the reasons for the choice in docs/decisions/0004. Each test says what
/// either does. Two nodes over a Redis of their own, which can be frozen.
/// </summary>
[TestFixtureSource(typeof(RedisBackplanes), nameof(RedisBackplanes.Built))]
internal sealed class WhereTheBackplanesDiffer(string backplane)
{
    private readonly List<(IPushNode Node, ProbeConnection Connection)> _connections = [];
    private TestRedis? _redis;
    private IPushNode? _here;
    private IPushNode? _there;

    private bool IsOurs => backplane == Realtime.Redis.RedisOptions.LocalFirst;

    [OneTimeSetUp]
    public async Task Start()
    {
        _redis = await TestRedis.StartAsync();
        // What waits for an answer of Redis gives up sooner than by default, for the sake of the test's time.
        var connectionString = _redis.ConnectionString + ",syncTimeout=1000";
        _here = await RedisBackplanes.StartAsync(backplane, connectionString, new());
        _there = await RedisBackplanes.StartAsync(backplane, connectionString, new());
    }

    [TearDown]
    public async Task Disconnect()
    {
        await _redis!.ThawAsync();
        foreach (var (node, connection) in _connections)
        {
            await node.Manager.OnDisconnectedAsync(connection.Context);
            await connection.DisposeAsync();
        }
        _connections.Clear();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_here is not null) await _here.DisposeAsync();
        if (_there is not null) await _there.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
    }

    [TestCase("group")]
    [TestCase("user")]
    public async Task A_push_to_a_connection_of_the_same_node_needs_Redis(string to)
    {
        var near = await ConnectAsync(_here!, "ann");
        await _here!.Manager.AddToGroupAsync(near.Id, "tea");
        await _redis!.FreezeAsync();

        var sending = to == "group"
            ? _here.Manager.SendGroupAsync("tea", "Say", ["hello"])
            : _here.Manager.SendUserAsync("ann", "Say", ["hello"]);

        if (IsOurs)
        {
            Assert.That(sending.IsCompletedSuccessfully);
            await HearsAsync(near, "hello");
        }
        else
        {
            await ThrowsForWantOfRedisAsync(sending);
            Assert.That(near.Heard.All, Is.Empty);
        }
    }

    [Test]
    public async Task A_group_waits_for_its_slowest_connection()
    {
        var quick = await ConnectAsync(_there!);
        var stuck = await ConnectAsync(_there!, reads: false);
        var bystander = await ConnectAsync(_there!);
        foreach (var connection in new[] { quick, stuck }) await _there!.Manager.AddToGroupAsync(connection.Id, "tea");
        await _there!.Manager.AddToGroupAsync(bystander.Id, "coffee");
        var large = new string('x', 100_000);

        await _here!.Manager.SendGroupAsync("tea", "Say", [large]);
        await HearsAsync(quick, large);
        await _here.Manager.SendGroupAsync("tea", "Say", ["the next"]);
        await _here.Manager.SendGroupAsync("coffee", "Say", ["the next"]);
        await HearsAsync(bystander, "the next");

        if (!IsOurs)
        {
            Assert.That(quick.Heard.All, Has.None.EqualTo("the next"));
            stuck.Read();
        }
        await HearsAsync(quick, "the next");
    }

    [Test]
    public async Task The_first_of_a_group_on_a_node_asks_Redis()
    {
        var (first, second) = (await ConnectAsync(_here!), await ConnectAsync(_here!));
        await _here!.Manager.AddToGroupAsync(first.Id, "known");
        await _redis!.FreezeAsync();

        Assert.That(_here.Manager.AddToGroupAsync(second.Id, "known").IsCompletedSuccessfully);
        var joining = _here.Manager.AddToGroupAsync(first.Id, "new");

        if (IsOurs) Assert.That(joining.IsCompletedSuccessfully);
        else await ThrowsForWantOfRedisAsync(joining);
    }

    [Test]
    public async Task A_group_whose_first_member_came_while_Redis_was_away_stays_deaf()
    {
        var (first, second) = (await ConnectAsync(_here!), await ConnectAsync(_here!));
        await _here!.Manager.AddToGroupAsync(second.Id, "known");
        await _redis!.FreezeAsync();
        var joining = _here.Manager.AddToGroupAsync(first.Id, "tea");
        if (!IsOurs) await ThrowsForWantOfRedisAsync(joining);
        await _redis.ThawAsync();

        await _here.Manager.AddToGroupAsync(second.Id, "tea");
        await _there!.Manager.SendGroupAsync("tea", "Say", ["hello"]);
        await _there.Manager.SendGroupAsync("known", "Say", ["to the other"]);
        await HearsAsync(second, "to the other");

        if (IsOurs) await HearsAsync(second, "hello");
        else Assert.That(second.Heard.All, Has.None.EqualTo("hello"));
    }

    [Test]
    public async Task A_connection_that_comes_while_Redis_is_away_is_refused()
    {
        await using var connection = new ProbeConnection();
        await _redis!.FreezeAsync();

        var connecting = _here!.Manager.OnConnectedAsync(connection.Context);

        if (IsOurs) Assert.That(connecting.IsCompletedSuccessfully);
        else await ThrowsForWantOfRedisAsync(connecting);
        await _redis.ThawAsync();
        await _here.Manager.OnDisconnectedAsync(connection.Context);
    }

    [Test]
    public async Task A_push_to_a_connection_overtakes_one_to_its_group()
    {
        var near = await ConnectAsync(_here!);
        await _here!.Manager.AddToGroupAsync(near.Id, "tea");
        await _redis!.FreezeAsync();

        var toGroup = _here.Manager.SendGroupAsync("tea", "Say", ["sent first"]);
        await _here.Manager.SendConnectionAsync(near.Id, "Say", ["sent second"]);
        await HearsAsync(near, "sent second");
        await _redis.ThawAsync();
        await HearsAsync(near, "sent first");
        await toGroup.OrDeadline();

        string[] expected = ["sent first", "sent second"];
        Assert.That(near.Heard.All, Is.EqualTo(IsOurs ? expected : expected.Reverse()));
    }

    [Test]
    public async Task A_client_of_another_node_can_be_asked()
    {
        var far = await ConnectAsync(_there!);

        var answer = _here!.Manager.InvokeConnectionAsync<int>(far.Id, "Ask", [""], CancellationToken.None);

        if (IsOurs)
        {
            Assert.That(async () => await answer, Throws.InstanceOf<IOException>());
            return;
        }
        var id = await far.Asked.WaitForAsync(_ => true);
        await _there!.Manager.SetConnectionResultAsync(far.Id, Microsoft.AspNetCore.SignalR.Protocol.CompletionMessage.WithResult(id, 42));
        Assert.That(await answer.OrDeadline(), Is.EqualTo(42));
    }

    private async Task<ProbeConnection> ConnectAsync(IPushNode node, string? userId = null, bool reads = true)
    {
        var connection = new ProbeConnection(userId, reads: reads);
        _connections.Add((node, connection));
        await node.Manager.OnConnectedAsync(connection.Context);
        return connection;
    }

    private static Task HearsAsync(ProbeConnection connection, string text) => connection.Heard.WaitForAsync(heard => heard == text);

    private static async Task ThrowsForWantOfRedisAsync(Task task)
    {
        Assert.That(task.IsCompleted, Is.False);
        try
        {
            await task.OrDeadline();
            Assert.Fail("It did not need Redis.");
        }
        catch (Exception exception) when (exception is RedisTimeoutException or RedisConnectionException)
        {
            // As it must be.
        }
    }
}
