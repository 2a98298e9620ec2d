using Chat.Server.Tests.Accounts;
using Chat.Server.Tests.Operations.Support;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Operations;

/// <summary>A collector that listens gets what it is promised, and nothing that is nobody's business.</summary>
[TestFixture]
public sealed class ExportingTelemetry : ServerFixture
{
    private readonly OtlpReceiver _collector = new();

    protected override Dictionary<string, string> Settings => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["Telemetry:TraceRatio"] = "1",
    };

    [OneTimeTearDown]
    public void StopCollector() => _collector.Dispose();

    [Test]
    public async Task Metrics_of_all_layers_arrive()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        var sent = await ann.SendAsync(chat.ChatId, "hello");
        await bob.MarkReadAsync(chat.ChatId, sent.MessageId);
        foreach (var name in new[]
        {
            "chat.append.messages", "chat.append.wait", "chat.push.lag", "chat.receipts.duration", "chat.connections.open",
            "http.server.request.duration", "signalr.server.active_connections", "dotnet.gc.collections",
        })
            await _collector.WaitForMetricAsync(name);
    }

    [Test]
    public async Task Calls_and_commits_are_traced_without_content_tokens_or_queries()
    {
        using var http = Server.Http();
        var phone = TestClient.NextPhoneNumber();
        var ada = await http.RegisterAsync(phone);
        await using var bob = await RegisterAsync("Bob");
        await using var cem = await RegisterAsync("Cem");
        await http.GetAsync($"/api/users/find?login={Uri.EscapeDataString(phone)}", ada.AccessToken);
        await http.PostAsync($"/hub/chat/negotiate?negotiateVersion=1&access_token={ada.AccessToken}");
        await using var socket = await RawHubSocket.ConnectAsync(Server.Address, null, $"access_token={ada.AccessToken}");
        var chat = await bob.CreateGroupAsync("The secret title", cem);
        await bob.SendAsync(chat.ChatId, "The secret text");

        await _collector.WaitForSpanAsync("/api/users/find");
        await _collector.WaitForSpanAsync("ChatHub/SendMessage");
        await _collector.WaitForSpanAsync("commit messages");
        // In the same export as the driver's own, which name its pools.
        await _collector.WaitForMetricAsync("chat.append.messages");
        Assert.That(_collector.Everything, Does.Not.Contain("Microsoft.AspNetCore.SignalR.Server"), "spans that every call would pay for");
        foreach (var secret in new[]
        {
            ada.AccessToken, ada.RefreshToken, bob.Account.AccessToken, "access_token", "url.query", phone, phone[1..], "The secret title", "The secret text", HttpCalls.Password, "User ID",
        })
            Assert.That(_collector.Everything, Does.Not.Contain(secret));
    }
}
