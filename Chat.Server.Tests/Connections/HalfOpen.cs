using System.Diagnostics;
using Chat.Server.Features.Presence;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Connections;

/// <summary>The other side is gone, and nobody said so.</summary>
[TestFixture]
public sealed class HalfOpen : ServerFixture
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    protected override Dictionary<string, string> Settings => new()
    {
        ["Connections:KeepAliveInterval"] = "00:00:01", ["Connections:ClientTimeout"] = Timeout.ToString(), ["Connections:WriteTimeout"] = "00:00:02",
        ["Connections:SocketBufferBytes"] = "16384", ["Connections:TransportBufferBytes"] = "16384",
    };

    [Test]
    public async Task Either_side_notices_while_nothing_is_sent()
    {
        await using var proxy = new SilentProxy(Server.Address);
        await using var bob = await TestClient.RegisterAsync(proxy.Address, "Bob", serverTimeout: Timeout * 2);
        await using var cut = proxy;
        proxy.FallSilent();
        var silent = Stopwatch.GetTimestamp();
        var closed = await bob.Closed.Task.OrDeadline();
        Assert.That(closed, Is.InstanceOf<TimeoutException>());
        await UntilGoneAsync(bob);
        Assert.That(Stopwatch.GetElapsedTime(silent), Is.LessThan(Timeout * 5), "SignalR looks once a second, and the machine may be slow");
    }

    [Test]
    public async Task A_connection_full_of_what_nobody_takes_is_given_up_as_well()
    {
        await using var proxy = new SilentProxy(Server.Address);
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await TestClient.RegisterAsync(proxy.Address, "Bob");
        await using var cut = proxy;
        var chat = await ann.OpenDirectChatAsync(bob);
        proxy.FallSilent();
        var silent = Stopwatch.GetTimestamp();
        for (var i = 0; i < 100; i++) await ann.SendAsync(chat.ChatId, new string('x', 4000));
        await UntilGoneAsync(bob);
        Assert.That(Stopwatch.GetElapsedTime(silent), Is.LessThan(Timeout * 6), "the farewell cannot go out, and is not waited for");
    }

    private async Task UntilGoneAsync(TestClient client)
    {
        var registry = Server.Services.GetRequiredService<ConnectionRegistry>();
        await Deadline.UntilAsync(() => registry.Of(client.UserId).Count == 0, "the server has given the connection up");
        var presence = Server.Services.GetRequiredService<IPresenceStore>();
        await Deadline.UntilAsync(async () => (await presence.FindOnlineAsync([client.UserId])).UserIds.Count == 0, "and so has presence");
    }
}
