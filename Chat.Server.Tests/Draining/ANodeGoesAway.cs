using System.Net;
using Chat.Server.Hosting.Draining;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Draining;

/// <summary>What a load balancer and clients see of a node that drains. The signals themselves are tried by the bench's rolling restart.</summary>
[TestFixture]
public sealed class ANodeGoesAway : ServerFixture
{
    protected override Dictionary<string, string> Settings => new()
    {
        ["Drain:NotReadyTime"] = "00:00:00.5", ["Drain:ReconnectTime"] = "00:00:10", ["Drain:FinishTime"] = "00:00:10",
    };

    [Test]
    public async Task It_is_not_ready_then_asks_clients_to_leave_serving_them_until_they_have()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        using var http = Server.Http();
        Assert.That((await http.GetAsync("/health/ready")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        var draining = Server.Services.GetRequiredService<NodeDrain>().DrainAsync(CancellationToken.None);

        Assert.That((await http.GetAsync("/health/ready")).StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That((await http.GetAsync("/health/live")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var asked = await ann.Reconnects.WaitForAsync(_ => true);
        Assert.That(asked.AfterMs, Is.InRange(0, 10_000));

        var sent = await ann.SendAsync(chat.ChatId, "still here");
        await bob.Messages.WaitForAsync(m => m.MessageId == sent.MessageId);
        Assert.That(draining.IsCompleted, Is.False);

        Assert.That(async () => await ann.AnotherDeviceAsync(), Throws.Exception, "no new connections");
        await ann.Hub.StopAsync();
        await bob.Hub.StopAsync();
        await draining.WaitAsync(TimeSpan.FromSeconds(8));
    }
}
