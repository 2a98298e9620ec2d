using System.Net;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using NUnit.Framework.Interfaces;

namespace Chat.Server.Tests.Cluster;

/// <summary>
/// The topology of docker-compose.yml: clients with every transport come through HAProxy and talk with those of both nodes, while the load
/// balancer reloads and a node drains.
/// </summary>
[TestFixture, NonParallelizable]
public sealed class ThroughTheLoadBalancer
{
    private readonly List<TestClient> _clients = [];
    private Topology? _topology;

    private Uri Balancer => _topology!.Balancer;

    [OneTimeSetUp]
    public async Task Start() => _topology = await Topology.StartAsync(TestSettings.Unthrottled(new()
    {
        ["Auth:PasswordIterations"] = "1000", ["Drain:NotReadyTime"] = "00:00:03", ["Drain:ReconnectTime"] = "00:00:20", ["Drain:FinishTime"] = "00:00:02",
    }));

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        if (_topology is not null) await _topology.DisposeAsync();
    }

    [TearDown]
    public void WriteLogsOfFailure()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status is not TestStatus.Failed) return;
        foreach (var name in Topology.Parts) TestContext.Out.WriteLine($"{name}:\n{_topology?.LogOf(name)}");
    }

    [Test]
    public async Task Every_transport_talks_across_nodes_through_a_reload_and_a_drain()
    {
        var polling = await OneOnEachNodeAsync(HttpTransportType.LongPolling);
        var events = await OneOnEachNodeAsync(HttpTransportType.ServerSentEvents);
        var negotiated = await OneOnEachNodeAsync(HttpTransportType.WebSockets);
        var socket = await RegisterAsync(Balancer);
        var direct = new[] { await RegisterAsync(_topology!.Node("node1")), await RegisterAsync(_topology.Node("node2")) };
        TestClient[] everybody = [polling.One, polling.Two, events.One, events.Two, negotiated.One, negotiated.Two, socket, .. direct];
        var group = await socket.CreateGroupAsync("Everybody", everybody.Where(client => client != socket));
        await AllHearEachOtherAsync(group.ChatId, everybody);

        await _topology.ReloadBalancerAsync();
        var late = await RegisterAsync(Balancer);
        var chat = await late.OpenDirectChatAsync(polling.One);
        await AllHearEachOtherAsync(chat.ChatId, late, polling.One);
        await AllHearEachOtherAsync(group.ChatId, everybody);

        await DrainNodeOneAsync(group.ChatId, everybody, polling.One, events.One, negotiated.One);
        foreach (var secret in everybody.Select(client => client.Account.AccessToken))
            Assert.That(Topology.Parts.Select(_topology.LogOf), Has.None.Contains(secret));
    }

    /// <summary>Those who poll are asked to leave by a node that is down for newcomers already, and are served by it until they do.</summary>
    private async Task DrainNodeOneAsync(long chatId, TestClient[] everybody, params TestClient[] onNodeOne)
    {
        var stopping = _topology!.StopAsync("node1");
        foreach (var client in onNodeOne) await client.Reconnects.WaitForAsync(_ => true);
        await AllHearEachOtherAsync(chatId, onNodeOne);
        foreach (var client in everybody.Where(client => client.Reconnects.All.Count > 0)) await client.Hub.StopAsync();
        await stopping;

        var (again, node) = await ConnectAsync(onNodeOne[0].Account, HttpTransportType.LongPolling);
        Assert.That(node, Is.EqualTo("node2"));
        await AllHearEachOtherAsync(chatId, again, everybody.First(client => client.Reconnects.All.Count == 0));
    }

    private static async Task AllHearEachOtherAsync(long chatId, params TestClient[] clients)
    {
        var texts = await Task.WhenAll(clients.Select(async client =>
        {
            var text = $"{Guid.NewGuid()}";
            await client.SendAsync(chatId, text);
            return (client, text);
        }));
        foreach (var (sender, text) in texts)
            foreach (var client in clients.Where(c => c != sender)) await client.Messages.WaitForAsync(m => m.Text == text);
    }

    /// <summary>A new person on each node, by a transport that has to be negotiated.</summary>
    private async Task<(TestClient One, TestClient Two)> OneOnEachNodeAsync(HttpTransportType transport)
    {
        var found = new Dictionary<string, TestClient>();
        for (var i = 0; i < 10 && found.Count < 2; i++)
        {
            var account = await TestAccount.RegisterAsync(Balancer, $"{transport}", TestClient.NextPhoneNumber());
            var (client, node) = await ConnectAsync(account, transport);
            found.TryAdd(node, client);
        }
        Assert.That(found.Keys, Is.EquivalentTo(new[] { "node1", "node2" }));
        return (found["node1"], found["node2"]);
    }

    private async Task<(TestClient Client, string Node)> ConnectAsync(TestAccount account, HttpTransportType transport)
    {
        var cookies = new CookieContainer();
        var client = await TestClient.ConnectAsync(Balancer, account, hub => hub.WithUrl(new Uri(Balancer, "/hub/chat"), transport, options =>
        {
            options.AccessTokenProvider = () => Task.FromResult<string?>(account.AccessToken);
            options.Cookies = cookies;
        }));
        _clients.Add(client);
        return (client, cookies.GetCookies(Balancer)["chat-node"]?.Value ?? throw new InvalidOperationException("No cookie came."));
    }

    private async Task<TestClient> RegisterAsync(Uri server)
    {
        var client = await TestClient.RegisterAsync(server);
        _clients.Add(client);
        return client;
    }
}
