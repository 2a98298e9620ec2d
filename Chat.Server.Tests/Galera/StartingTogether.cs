using Chat.Data;
using Chat.Server.Tests.Accounts;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Galera;

/// <summary>Servers that start at once over an empty database, each at another node: named locks do not reach from one to the other.</summary>
[TestFixture]
public sealed class StartingTogether
{
    [OneTimeSetUp]
    public void RequireCluster() => GaleraScript.RequireCluster();

    [Test]
    public async Task Each_migration_is_applied_once()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        var runs = await Task.WhenAll(Enumerable.Range(0, 6).Select(node => Task.Run(() =>
            new Migrator(database.DatabaseAt(node), TimeProvider.System).MigrateAsync(CancellationToken.None))));
        Assert.That(runs.SelectMany(r => r), Is.EquivalentTo(Migrator.BuiltIn.Select(m => m.Name)));
    }

    [Test]
    public async Task A_migration_that_broke_off_is_told_apart_from_one_that_runs_at_another_node()
    {
        var slow = new Migration(1, "0001_slow", "CREATE TABLE first_table (id BIGINT PRIMARY KEY); DO SLEEP(2)");
        var next = new Migration(2, "0002_next", "CREATE TABLE second_table (id BIGINT PRIMARY KEY)");
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        var first = new Migrator(database.DatabaseAt(0), TimeProvider.System).MigrateAsync([slow], CancellationToken.None);
        await Deadline.UntilAsync(
            async () => (await database.ListAsync<string>("SHOW TABLES LIKE 'first_table'")).Count == 1, "the first migration is under way");
        Assert.That(await new Migrator(database.DatabaseAt(1), TimeProvider.System).MigrateAsync([slow, next], CancellationToken.None), Is.EqualTo(new[] { next.Name }));
        Assert.That(await first, Is.EqualTo(new[] { slow.Name }));
    }

    [Test]
    public async Task The_demo_data_is_loaded_once_and_all_accept_the_tokens_of_all()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        var settings = TestSettings.Unthrottled(new() { ["Database:SeedDemo"] = "true" });
        var servers = Enumerable.Range(0, 3).Select(node => new ChatServerFactory(database.At(node), settings)).ToList();
        try
        {
            await Task.WhenAll(servers.Select(server => Task.Run(() => server.Address)));
            Assert.That(await database.ScalarAsync<long>("SELECT COUNT(*) FROM users"), Is.EqualTo(5));
            Assert.That(await database.ScalarAsync<long>("SELECT COUNT(*) FROM data_protection_keys"), Is.EqualTo(1));
            foreach (var issuing in servers)
            {
                using var http = issuing.Http();
                var token = (await http.RegisterAsync(TestClient.NextPhoneNumber())).AccessToken;
                foreach (var accepting in servers)
                {
                    using var other = accepting.Http();
                    Assert.That((await other.GetAsync("/api/me", token)).Status, Is.EqualTo(200));
                }
            }
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }
}
