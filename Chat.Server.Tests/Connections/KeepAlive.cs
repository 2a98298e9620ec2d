using Chat.Server.Hosting;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Connections;

[TestFixture]
public sealed class KeepAlive : ServerFixture
{
    protected override Dictionary<string, string> Settings => new()
    {
        ["Connections:KeepAliveInterval"] = "00:00:01", ["Connections:ClientTimeout"] = "00:00:03",
    };

    [Test]
    public void Intervals_come_from_the_settings()
    {
        var hub = Server.Services.GetRequiredService<IOptions<HubOptions>>().Value;
        Assert.That(hub.KeepAliveInterval, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(hub.ClientTimeoutInterval, Is.EqualTo(TimeSpan.FromSeconds(3)));
    }

    [TestCase("Connections:KeepAliveInterval", "00:00:00.5")]
    [TestCase("Connections:ClientTimeout", "00:00:20")]
    public void A_bad_interval_is_refused_at_the_start_by_its_path(string path, string value)
    {
        var server = new ChatServerFactory("Server=127.0.0.1;Database=none", new() { [path] = value });
        var exception = Assert.Catch<ConfigurationException>(() => _ = server.Address);
        Assert.That(exception!.Message, Does.StartWith(path));
    }

    [Test]
    public async Task Calls_are_a_sign_of_life()
    {
        var (ann, bob) = await AnnAndBobAsync();
        var chat = await ann.OpenDirectChatAsync(bob);
        await using var socket = await RawHubSocket.ConnectAsync(Server.Address, ann.Account.AccessToken);
        for (var i = 0; i < 9; i++)
        {
            var message = $$"""[{"chatId":{{chat.ChatId}},"clientMessageId":"{{Guid.NewGuid()}}","text":"{{i}}"}]""";
            Assert.That((await socket.CallAsync("SendMessage", message)).Error, Is.Null);
            await Task.Delay(500);
        }
        Assert.That(socket.IsOpen, Is.True, "it never sent a ping");
    }
}
