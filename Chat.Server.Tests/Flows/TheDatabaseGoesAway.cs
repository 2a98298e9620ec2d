using System.Net;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>
/// The database is killed, and stopped, under load: sends fail as unavailable meanwhile, the server stays up and goes on by
/// itself, nothing acknowledged is lost, and repeated sends are stored once.
/// </summary>
[TestFixture]
public sealed class TheDatabaseGoesAway
{
    private PrivateMariaDb _mariadb = null!;
    private TestDatabase _database = null!;
    private ChatServerFactory _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _mariadb = await PrivateMariaDb.StartNewAsync();
        _database = await TestDatabase.CreateAsync(on: _mariadb.ConnectionString);
        _server = new ChatServerFactory(_database.ConnectionString, TestSettings.Unthrottled([]));
        _ = _server.Address;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_mariadb is not null) await _mariadb.DisposeAsync();
    }

    [Test]
    public async Task Killed_and_stopped_under_load()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => TestClient.RegisterAsync(_server.Address, $"Person {i}")));
        var chats = new[]
        {
            (await people[0].CreateGroupAsync("One", people.Skip(1))).ChatId,
            (await people[1].CreateGroupAsync("Two", people.Where(p => p != people[1]))).ChatId,
        };
        using var stop = new CancellationTokenSource();
        var outboxes = people.Select((p, i) => new Outbox(p, chats[i % 2])).ToList();
        var running = outboxes.Select(o => o.RunAsync(stop.Token)).ToList();
        await ProgressAsync(outboxes, "sends before the first fault");

        await GoAwayAsync(_mariadb.KillAsync, outboxes);
        await _mariadb.StartAsync();
        await ProgressAsync(outboxes, "sends after the crash");
        await GoAwayAsync(_mariadb.StopAsync, outboxes);
        await _mariadb.StartAsync();
        await ProgressAsync(outboxes, "sends after the stop");
        Assert.That(await StatusAsync("/health/ready"), Is.EqualTo(HttpStatusCode.OK));
        await stop.CancelAsync();
        await Task.WhenAll(running).OrDeadline();

        Assert.That(outboxes.SelectMany(o => o.Refusals), Is.All.StartsWith("unavailable: "));
        Assert.That(people.Select(p => p.Closed.Task.IsCompleted), Is.All.False, "nobody lost the connection");
        await _database.ReconnectAsync();
        await NothingLost.CheckAsync(_database, chats, people, outboxes);
        foreach (var person in people) await person.DisposeAsync();
    }

    private async Task GoAwayAsync(Func<Task> end, List<Outbox> outboxes)
    {
        var before = outboxes.Select(o => o.Refusals.Count).ToList();
        await end();
        await Deadline.UntilAsync(() => outboxes.Select((o, i) => o.Refusals.Count > before[i]).All(refused => refused), "everybody hears that it is away");
        Assert.That(await StatusAsync("/health/ready"), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await StatusAsync("/health/live"), Is.EqualTo(HttpStatusCode.OK));
    }

    private static async Task ProgressAsync(List<Outbox> outboxes, string what)
    {
        var before = outboxes.Select(o => o.Acknowledged.Count).ToList();
        await Deadline.UntilAsync(() => outboxes.Select((o, i) => o.Acknowledged.Count >= before[i] + 30).All(done => done), what, TimeSpan.FromSeconds(40));
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var http = _server.Http();
        using var response = await http.GetAsync(path);
        return response.StatusCode;
    }

    [TearDown]
    public void WriteLogOfFailure() => _server?.Logs.WriteIfFailed();
}
