using System.Data.Common;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Galera;

/// <summary>
/// Three servers under load, in the same chats: one at node1, one at node3 alone, one at node3 with another to go to. Node3
/// is killed, and comes back.
/// </summary>
[TestFixture, NonParallelizable]
public sealed class ANodeDies
{
    private TestDatabase _database = null!;

    /// <summary>At node1; at node3; at node3 with node2 to go to.</summary>
    private readonly List<ChatServerFactory> _servers = [];

    [OneTimeSetUp]
    public async Task Start()
    {
        GaleraScript.RequireCluster();
        _database = await TestDatabase.CreateAsync();
        var settings = TestSettings.Unthrottled(new() { ["ConnectionStrings:Redis"] = TestRedis.Shared, ["Redis:KeyPrefix"] = TestRedis.NewPrefix() });
        foreach (var connectionString in new[] { _database.At(0), _database.At(2), InOrder(_database.At(2), _database.At(1)) })
            _servers.Add(new ChatServerFactory(connectionString, settings));
        foreach (var server in _servers) _ = server.Address;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [TearDown]
    public void WriteLogOfFailure()
    {
        foreach (var server in _servers) server.Logs.WriteIfFailed();
    }

    [Test]
    public async Task Killed_under_load()
    {
        var people = await Task.WhenAll(_servers.SelectMany(s => new[] { s, s }).Select((s, i) => TestClient.RegisterAsync(s.Address, $"Person {i}")));
        var chats = new[]
        {
            (await people[0].CreateGroupAsync("One", people.Skip(1))).ChatId,
            (await people[2].CreateGroupAsync("Two", people.Where(p => p != people[2]))).ChatId,
        };
        using var stop = new CancellationTokenSource();
        var outboxes = people.Select((p, i) => new Outbox(p, chats[i % 2])).ToList();
        var (elsewhere, bound, failingOver) = (outboxes.Take(2).ToList(), outboxes.Skip(2).Take(2).ToList(), outboxes.Skip(4).ToList());
        var running = outboxes.Select(o => o.RunAsync(stop.Token)).ToList();
        await ProgressAsync(outboxes, "sends before the fault, in one chat through three nodes");

        await GaleraScript.RunAsync("kill", "node3");
        await ProgressAsync([.. elsewhere, .. failingOver], "sends of those whose node lives, or who have another");
        await Deadline.UntilAsync(() => bound.All(o => o.Refusals.Count > 0), "who has no other node is told so");
        await GaleraScript.RunAsync("up", "node3");
        await ProgressAsync(outboxes, "sends of all");
        await stop.CancelAsync();
        await Task.WhenAll(running).OrDeadline();

        Assert.That(outboxes.SelectMany(o => o.Refusals), Is.All.StartsWith("unavailable: "));
        Assert.That(people.Select(p => p.Closed.Task.IsCompleted), Is.All.False, "nobody lost the connection");
        await NothingLost.CheckAsync(_database, chats, people, outboxes);
        foreach (var person in people) await person.DisposeAsync();
    }

    /// <summary>All of them get something acknowledged; how long that took is printed.</summary>
    private static async Task ProgressAsync(IReadOnlyList<Outbox> outboxes, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        var before = outboxes.Select(o => o.Acknowledged.Count).ToList();
        await Deadline.UntilAsync(() => outboxes.Select((o, i) => o.Acknowledged.Count >= before[i] + 30).All(done => done), what, TimeSpan.FromSeconds(60));
        TestContext.Out.WriteLine($"{what}: 30 each after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s");
    }

    /// <summary>One connection string with the addresses of several, the first preferred.</summary>
    private static string InOrder(params string[] connectionStrings)
    {
        var servers = connectionStrings.Select(c => new DbConnectionStringBuilder { ConnectionString = c }["Server"]);
        return new DbConnectionStringBuilder
        {
            ConnectionString = connectionStrings[0], ["Server"] = string.Join(',', servers), ["Load Balance"] = "FailOver",
        }.ConnectionString;
    }
}
