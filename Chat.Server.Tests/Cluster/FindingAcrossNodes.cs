using Chat.Data.Notifications;
using Chat.Server.Features.Search;
using Chat.Server.Hubs;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Cluster;

/// <summary>What was written on one node is found, and notified of, on the other; both may index the same chat at once.</summary>
[TestFixtureSource(typeof(RedisBackplanes), nameof(RedisBackplanes.Built))]
internal sealed class FindingAcrossNodes(string backplane)
{
    private TestDatabase? _database;
    private ChatServerFactory? _one;
    private ChatServerFactory? _two;

    [OneTimeSetUp]
    public async Task Start()
    {
        _database = await TestDatabase.CreateAsync();
        var settings = TestSettings.Unthrottled(new()
        {
            ["ConnectionStrings:Redis"] = TestRedis.Shared, ["Redis:KeyPrefix"] = TestRedis.NewPrefix(), ["Redis:Backplane"] = backplane,
            ["Search:Interval"] = "00:00:00.05", ["Notifications:Delay"] = "00:00:00.2",
        });
        _one = new ChatServerFactory(_database.ConnectionString, settings);
        _two = new ChatServerFactory(_database.At(1), settings);
        _ = _one.Address;
        _ = _two.Address;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_one is not null) await _one.DisposeAsync();
        if (_two is not null) await _two.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    [Test]
    public async Task Both_nodes_write_and_both_find_all()
    {
        await using var ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        await using var bob = await TestClient.RegisterAsync(_two!.Address, "Bob");
        var chat = (await ann.OpenDirectChatAsync(bob)).ChatId;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? ann : bob).SendAsync(chat, $"walnut number{i}")));
        foreach (var client in new[] { ann, bob })
            await Deadline.UntilAsync(async () => (await SearchAsync(client)).Hits.Count == 100, "all are found");
        var heard = await bob.Notifications.WaitForAsync(n => n.ChatId == chat && n.ActorId == ann.UserId);
        Assert.That(heard.Kind, Is.EqualTo(NotificationTypes.Messages));
    }

    [Test]
    public async Task Both_nodes_sweep_at_once_and_write_everything_once()
    {
        await using var ann = await TestClient.RegisterAsync(_one!.Address, "Ann");
        var chat = (await ann.CallAsync<ChatView>(nameof(ChatHub.OpenSavedMessages), new OpenSavedMessagesRequest())).ChatId;
        for (var i = 0; i < 20; i++) await ann.SendAsync(chat, $"walnut {i}");
        await Deadline.UntilAsync(async () => (await SearchAsync(ann)).Hits.Count == 20, "all are found");
        foreach (var table in new[] { "search_positions", "search_terms", "search_documents" })
            await _database!.ExecuteAsync($"DELETE FROM {table} WHERE chat_id = @chat", new { chat });
        await Task.WhenAll(new[] { _one, _two! }.Select(node => node.Services.GetRequiredService<SearchIndexer>().SweepAsync(CancellationToken.None)));
        Assert.That((await SearchAsync(ann)).Hits, Has.Count.EqualTo(20));
    }

    private static Task<MessageSearchPage> SearchAsync(TestClient who) =>
        who.CallAsync<MessageSearchPage>(nameof(ChatHub.SearchMessages), new SearchMessagesRequest("walnut", Limit: 100));
}
