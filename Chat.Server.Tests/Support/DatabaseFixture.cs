namespace Chat.Server.Tests.Support;

/// <summary>A fixture with a database of its own and no server.</summary>
public abstract class DatabaseFixture
{
    private TestDatabase? _database;

    protected TestDatabase Database => _database!;

    [OneTimeSetUp]
    public async Task CreateDatabase() => _database = await TestDatabase.CreateAsync();

    [OneTimeTearDown]
    public async Task DropDatabase()
    {
        if (_database is not null) await _database.DisposeAsync();
    }
}
