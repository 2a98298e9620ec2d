using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Accounts;

internal sealed class KeyRing
{
    [Test]
    public async Task Nodes_that_start_at_once_on_an_empty_database_accept_each_others_tokens()
    {
        await using var database = await TestDatabase.CreateAsync();
        var servers = Enumerable.Range(0, 3).Select(_ => new ChatServerFactory(database.ConnectionString)).ToList();
        try
        {
            await Task.WhenAll(servers.Select(server => Task.Run(() => server.Address)));
            Assert.That(await database.ScalarAsync<long>("SELECT COUNT(*) FROM data_protection_keys"), Is.EqualTo(1));

            foreach (var issuer in servers)
            {
                using var issuing = issuer.Http();
                var token = (await issuing.RegisterAsync(TestClient.NextPhoneNumber())).AccessToken;
                foreach (var server in servers)
                {
                    using var http = server.Http();
                    Assert.That((await http.GetAsync("/api/me", token)).Status, Is.EqualTo(200));
                }
            }
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    [Test]
    public async Task Tokens_survive_a_restart()
    {
        await using var database = await TestDatabase.CreateAsync();
        string token;
        await using (var before = new ChatServerFactory(database.ConnectionString))
        {
            using var http = before.Http();
            token = (await http.RegisterAsync(TestClient.NextPhoneNumber())).AccessToken;
        }
        await using var after = new ChatServerFactory(database.ConnectionString);
        using var again = after.Http();
        Assert.That((await again.GetAsync("/api/me", token)).Status, Is.EqualTo(200));
        Assert.That(await database.ScalarAsync<long>("SELECT COUNT(*) FROM data_protection_keys"), Is.EqualTo(1));
    }
}
