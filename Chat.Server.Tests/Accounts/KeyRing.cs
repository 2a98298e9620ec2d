using Chat.Data;
using Chat.Data.Accounts;
using Chat.Server.Features.Accounts;
using Chat.Server.Hosting;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat.Server.Tests.Accounts;

internal sealed class KeyRing
{
    [Test]
    public async Task Nodes_that_start_at_once_on_an_empty_database_agree_on_one_key()
    {
        await using var database = await TestDatabase.CreateAsync();
        var nodes = Enumerable.Range(0, 3).Select(_ => Node(database)).ToList();
        try
        {
            List<Task> starting = [];
            await new DataProtectionKeyRepository(database.Database).ExclusivelyAsync(
                async () =>
                {
                    starting = [.. nodes.Select(node => Task.Run(() => DataProtectionKeyRing.EnsureAsync(node, CancellationToken.None)))];
                    await AllWaitForTheLockAsync(database, nodes.Count);
                    Assert.That(await database.ScalarAsync<long>("SELECT COUNT(*) FROM data_protection_keys"), Is.Zero);
                },
                CancellationToken.None);
            await Task.WhenAll(starting);

            Assert.That(await database.ScalarAsync<long>("SELECT COUNT(*) FROM data_protection_keys"), Is.EqualTo(1));
            foreach (var from in nodes)
                foreach (var to in nodes)
                    Assert.That(Protector(to).Unprotect(Protector(from).Protect("a token")), Is.EqualTo("a token"));
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    [Test]
    public async Task One_server_accepts_the_tokens_of_another()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var first = new ChatServerFactory(database.ConnectionString);
        await using var second = new ChatServerFactory(database.ConnectionString);
        using var issuing = first.Http();
        using var accepting = second.Http();
        var token = (await issuing.RegisterAsync(TestClient.NextPhoneNumber())).AccessToken;
        Assert.That((await accepting.GetAsync("/api/me", token)).Status, Is.EqualTo(200));
        Assert.That((await accepting.PostAsync("/api/auth/logout", null, token)).Status, Is.EqualTo(204));
        Assert.That((await issuing.GetAsync("/api/me", token)).Status, Is.EqualTo(401), "and knows at once when it has ended");
    }

    [Test]
    public async Task The_key_is_made_after_the_tables_and_before_the_first_request()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        await using var server = new ChatServerFactory(database.ConnectionString);
        _ = server.Address;
        var first = server.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Select(service => service.GetType()).Take(2);
        Assert.That(first, Is.EqualTo(new[] { typeof(DatabaseStartup), typeof(AccountsStartup) }));
        Assert.That(await database.ScalarAsync<long>("SELECT COUNT(*) FROM data_protection_keys"), Is.EqualTo(1));
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

    private static ServiceProvider Node(TestDatabase database)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => ChatDatabase.Create(database.ConnectionString));
        services.AddKeyRing();
        return services.BuildServiceProvider();
    }

    private static IDataProtector Protector(IServiceProvider node) => node.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private static async Task AllWaitForTheLockAsync(TestDatabase database, int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await database.ScalarAsync<long>(WaitingSql) < count)
            await Task.Delay(20, deadline.Token);
    }

    private const string WaitingSql =
        "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User lock'";
}
