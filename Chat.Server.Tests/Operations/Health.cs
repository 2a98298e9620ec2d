using System.Net;
using System.Text.Json;
using Chat.Server.Hosting.Draining;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Operations;

/// <summary>What a load balancer is told, and what a person reads.</summary>
[TestFixture, NonParallelizable]
public sealed class Health
{
    [Test]
    public async Task A_node_alone_is_ready_until_it_drains()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = new ChatServerFactory(database.ConnectionString, new() { ["Drain:NotReadyTime"] = "00:01:00" });
        Assert.That(await ReadyAsync(server), Is.EqualTo(new Answer(200, "Healthy", "database: Healthy, drain: Healthy")));

        using var hurry = new CancellationTokenSource();
        var draining = server.Services.GetRequiredService<NodeDrain>().DrainAsync(hurry.Token);
        Assert.That(await ReadyAsync(server), Is.EqualTo(new Answer(503, "Unhealthy", "database: Healthy, drain: Unhealthy")));
        Assert.That(await LiveAsync(server), Is.EqualTo(HttpStatusCode.OK));
        await hurry.CancelAsync();
        Assert.That(async () => await draining, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Without_Redis_a_node_is_degraded_and_kept_and_it_heals()
    {
        await using var redis = await TestRedis.StartAsync();
        await redis.KillAsync();
        await using var database = await TestDatabase.CreateAsync();
        await using var server = new ChatServerFactory(database.ConnectionString, new()
        {
            ["ConnectionStrings:Redis"] = redis.ConnectionString, ["Redis:Heartbeat"] = "00:00:00.3", ["Redis:StartTimeout"] = "00:00:01",
        });
        var degraded = new Answer(200, "Degraded", "database: Healthy, drain: Healthy, redis: Degraded");
        var healthy = new Answer(200, "Healthy", "database: Healthy, drain: Healthy, redis: Healthy");
        Assert.That(await ReadyAsync(server), Is.EqualTo(degraded), "it started without");
        await redis.RestartAsync();
        await Deadline.UntilAsync(async () => await ReadyAsync(server) == healthy, "the node hears Redis");
        await redis.KillAsync();
        await Deadline.UntilAsync(async () => await ReadyAsync(server) == degraded, "the node says that Redis is gone");
    }

    [Test]
    public async Task A_database_that_is_away_or_hangs_makes_a_node_unready_and_costs_it_one_connection()
    {
        await using var mariadb = await PrivateMariaDb.StartNewAsync();
        // Not disposed of: it goes with its server, which is away by then.
        var database = await TestDatabase.CreateAsync(on: mariadb.ConnectionString);
        await using var server = new ChatServerFactory(database.ConnectionString);
        var unready = new Answer(503, "Unhealthy", "database: Unhealthy, drain: Healthy");
        Assert.That((await ReadyAsync(server)).Code, Is.EqualTo(200));
        await mariadb.FreezeAsync();
        try
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadyAsync(server))).OrDeadline();
            Assert.That(answers, Is.All.EqualTo(unready));
            Assert.That(await LiveAsync(server), Is.EqualTo(HttpStatusCode.OK));
        }
        finally
        {
            await mariadb.ThawAsync();
        }
        await Deadline.UntilAsync(async () => (await ReadyAsync(server)).Code == 200, "it is ready again");
        Assert.That(await database.ScalarAsync<int>(OpenConnectionsSql), Is.LessThan(10), "twenty questions at once did not open twenty connections");

        await mariadb.StopAsync();
        await Deadline.UntilAsync(async () => await ReadyAsync(server) == unready, "the node says that the database is gone");
    }

    private const string OpenConnectionsSql =
        "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()";

    private static async Task<Answer> ReadyAsync(ChatServerFactory server)
    {
        using var http = server.Http();
        using var response = await http.GetAsync("/health/ready");
        var text = await response.Content.ReadAsStringAsync();
        Assert.That(text, Does.Not.Contain("127.0.0.1").And.Not.Contain("Password"));
        var body = JsonDocument.Parse(text).RootElement;
        var parts = body.GetProperty("parts").EnumerateObject().Select(part => $"{part.Name}: {part.Value.GetProperty("status").GetString()}");
        return new Answer((int)response.StatusCode, body.GetProperty("status").GetString()!, string.Join(", ", parts.Order()));
    }

    private static async Task<HttpStatusCode> LiveAsync(ChatServerFactory server)
    {
        using var http = server.Http();
        using var response = await http.GetAsync("/health/live");
        return response.StatusCode;
    }

    private sealed record Answer(int Code, string Status, string Parts);
}
