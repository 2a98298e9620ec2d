using System.Net;
using System.Net.WebSockets;
using Chat.Server.Realtime;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Connections;

[TestFixture]
public sealed class ManyComeAtOnce : ServerFixture
{
    protected override Dictionary<string, string> Settings => new() { ["Admission:MaxSetUps"] = "2", ["Admission:MaxWaiting"] = "30" };

    [Test]
    public async Task They_are_let_in_a_few_at_a_time_and_all_of_them()
    {
        var account = await TestAccount.RegisterAsync(Server.Address, "Ann", TestClient.NextPhoneNumber());
        var clients = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => TestClient.ConnectAsync(Server.Address, account)));
        Assert.That(Server.Services.GetRequiredService<ConnectionRegistry>().Of(account.UserId), Has.Count.EqualTo(25));
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Test]
    public async Task Beyond_the_bound_they_are_told_when_to_come_again()
    {
        var admission = Server.Services.GetRequiredService<ConnectionAdmission>();
        var taken = new[] { await admission.EnterAsync(new DefaultHttpContext()), await admission.EnterAsync(new DefaultHttpContext()) };
        using var givenUp = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 30)
            .Select(_ => admission.EnterAsync(new DefaultHttpContext { RequestAborted = givenUp.Token })).ToList();
        await Deadline.UntilAsync(() => admission.Waiting == 30, "thirty wait");

        Assert.That(
            Assert.ThrowsAsync<WebSocketException>(() => RawHubSocket.OpenAsync(Server.Address, accessToken: null)).Message, Does.Contain("503"),
            "a WebSocket without negotiation waits in the same line");
        using var http = Server.Http();
        using var answer = await http.PostAsync("/hub/chat/negotiate?negotiateVersion=1", null);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Multiple(() =>
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(answer.Headers.RetryAfter, Is.Not.Null);
            Assert.That(body, Does.Contain("\"unavailable\"").And.Contains("retry after"));
        });

        await givenUp.CancelAsync();
        foreach (var one in waiting) Assert.That(async () => await one, Throws.InstanceOf<OperationCanceledException>());
        foreach (var ticket in taken) ticket.Dispose();
        await using var late = await RegisterAsync();
        Assert.That(admission.Waiting, Is.Zero);
    }
}
