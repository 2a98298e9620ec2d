using Chat.Bench.Client;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Connections;

/// <summary>What the server, and the system below it, hold for a client that does not read.</summary>
[TestFixture]
public sealed class WhoDoesNotRead : ServerFixture
{
    private const int Bound = 64 * 1024;
    private const int TextLength = 4000;

    protected override Dictionary<string, string> Settings => new()
    {
        ["Connections:MaxPendingBytes"] = $"{Bound}",
        ["Connections:TransportBufferBytes"] = $"{Bound}",
        ["Connections:SocketBufferBytes"] = $"{Bound}",
    };

    [Test]
    public async Task Is_closed_after_a_bounded_number_of_bytes_the_systems_buffers_included()
    {
        // The system counts its own overhead as well, and doubles what it was told for that; both ends have a buffer.
        const int Most = (Bound * 2) + (Bound * 4) + (64 * 1024);
        await using var writer = await RegisterAsync("Writer");
        await using var device = await RegisterAsync("Reader");
        var chat = await writer.OpenDirectChatAsync(device);
        await using var lazy = await LazyReader.ConnectAsync(
            new BenchUser(device.UserId, device.Account.AccessToken, new UriBuilder(Server.Address) { Scheme = "ws", Path = "/hub/chat" }.Uri),
            CancellationToken.None);
        await writer.SendAsync(chat.ChatId, "is it subscribed?");
        await device.Messages.WaitForAsync(m => m.Text == "is it subscribed?");
        lazy.StopReading();

        var metrics = Server.Services.GetRequiredService<RealtimeMetrics>();
        var sent = 0;
        while (metrics.DroppedClients == 0 && sent < Most * 4)
        {
            await writer.SendAsync(chat.ChatId, new string('x', TextLength));
            sent += TextLength;
        }

        Assert.That(metrics.DroppedClients, Is.EqualTo(1));
        Assert.That(sent, Is.LessThan(Most));
        Assert.That(Server.Logs.Lines, Has.Some.Contain("it reads too slowly"));
        await device.Messages.WaitForCountAsync(1 + (sent / TextLength));
    }
}
