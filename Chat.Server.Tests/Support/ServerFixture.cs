namespace Chat.Server.Tests.Support;

/// <summary>A fixture with one server over one database of its own.</summary>
public abstract class ServerFixture
{
    private readonly List<TestClient> _met = [];
    private TestDatabase? _database;
    private ChatServerFactory? _server;

    protected TestDatabase Database => _database!;

    protected ChatServerFactory Server => _server!;

    /// <summary>Configuration on top of the defaults, by path.</summary>
    protected virtual Dictionary<string, string> Settings => [];

    [OneTimeSetUp]
    public async Task StartServer()
    {
        _database = await TestDatabase.CreateAsync();
        // Tests make more people and calls in a second than one address may.
        _server = new ChatServerFactory(_database.ConnectionString, TestSettings.Unthrottled(Settings));
        _ = _server.Address;
    }

    [OneTimeTearDown]
    public async Task StopServer()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [TearDown]
    public void WriteLogOfFailure() => _server?.Logs.WriteIfFailed();

    /// <summary>They go after the test.</summary>
    protected async Task<(TestClient Ann, TestClient Bob)> AnnAndBobAsync() => (await MeetAsync("Ann"), await MeetAsync("Bob"));

    /// <summary>Likewise.</summary>
    protected async Task<(TestClient Ann, TestClient Bob, TestClient Carol)> AnnBobAndCarolAsync() =>
        (await MeetAsync("Ann"), await MeetAsync("Bob"), await MeetAsync("Carol"));

    [TearDown]
    public async Task EverybodyGoes()
    {
        foreach (var client in _met) await client.DisposeAsync();
        _met.Clear();
    }

    private async Task<TestClient> MeetAsync(string name)
    {
        var client = await RegisterAsync(name);
        _met.Add(client);
        return client;
    }

    protected Task<TestClient> RegisterAsync(string name = "Somebody") => TestClient.RegisterAsync(Server.Address, name);
}
