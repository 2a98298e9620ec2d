using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Flows;

/// <summary>A connection ends with the session that opened it, and no door opens without one.</summary>
[TestFixture]
public sealed class EndOfASession : ServerFixture
{
    [Test]
    public async Task Logging_out_closes_the_connection()
    {
        await using var ann = await RegisterAsync("Ann");
        using var http = HttpAs(ann.Account.AccessToken);
        (await http.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        await ann.Closed.Task.OrDeadline();
    }

    [Test]
    public async Task Ending_one_device_closes_that_one_only()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var phone = await LogInAsync(ann.Account);
        await using var annsPhone = await TestClient.ConnectAsync(Server.Address, phone);
        using var http = HttpAs(ann.Account.AccessToken);
        (await http.DeleteAsync($"/api/sessions/{phone.SessionId}")).EnsureSuccessStatusCode();
        await annsPhone.Closed.Task.OrDeadline();
        await ann.OpenDirectChatAsync(bob);
        Assert.That(ann.Closed.Task.IsCompleted, Is.False);
    }

    [Test]
    public async Task Ending_all_others_leaves_this_one()
    {
        await using var ann = await RegisterAsync("Ann");
        var others = new List<TestClient>();
        for (var i = 0; i < 3; i++) others.Add(await TestClient.ConnectAsync(Server.Address, await LogInAsync(ann.Account)));
        using var http = HttpAs(ann.Account.AccessToken);
        (await http.DeleteAsync("/api/sessions")).EnsureSuccessStatusCode();
        foreach (var other in others) await other.Closed.Task.OrDeadline();
        Assert.That((await ann.ListChatsAsync()).Chats, Is.Empty);
    }

    [Test]
    public async Task A_refresh_token_that_comes_back_closes_the_connection()
    {
        await using var ann = await RegisterAsync("Ann");
        using var http = Server.Http();
        var body = new { refreshToken = ann.Account.RefreshToken };
        (await http.PostAsJsonAsync("/api/auth/refresh", body)).EnsureSuccessStatusCode();
        Assert.That((await http.PostAsJsonAsync("/api/auth/refresh", body)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        await ann.Closed.Task.OrDeadline();
    }

    [TestCase(null, TestName = "No token")]
    [TestCase("rubbish", TestName = "A token that is none")]
    [TestCase("", TestName = "An empty token")]
    public void A_connection_is_refused_with(string? token)
    {
        var refusal = Assert.ThrowsAsync<WebSocketException>(() => RawHubSocket.OpenAsync(Server.Address, token));
        Assert.That(refusal.Message, Does.Contain("401"));
    }

    [Test]
    public async Task A_connection_is_refused_with_a_token_of_a_session_that_has_ended()
    {
        await using var ann = await RegisterAsync("Ann");
        using var http = HttpAs(ann.Account.AccessToken);
        (await http.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        var refusal = Assert.ThrowsAsync<WebSocketException>(() => RawHubSocket.OpenAsync(Server.Address, ann.Account.AccessToken));
        Assert.That(refusal.Message, Does.Contain("401"));
    }

    [Test]
    public async Task The_token_may_stand_in_the_address()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var socket = await RawHubSocket.ConnectAsync(Server.Address, null, $"access_token={Uri.EscapeDataString(ann.Account.AccessToken)}");
        Assert.That((await socket.CallAsync("ListChats", "[{}]")).Error, Is.Null);
        Assert.That(Server.Logs.Lines.Where(l => l.Contains(ann.Account.AccessToken, StringComparison.Ordinal)), Is.Empty, "and is not logged");
    }

    [Test]
    public async Task A_session_that_ends_before_the_handshake_gets_no_further()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        var chat = await ann.OpenDirectChatAsync(bob);
        // The token is checked when the socket opens; the hub hears of the connection at the handshake, whenever the client sends it.
        await using var socket = await RawHubSocket.OpenAsync(Server.Address, ann.Account.AccessToken);
        using var http = HttpAs(ann.Account.AccessToken);
        (await http.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        await ann.Closed.Task.OrDeadline();

        await socket.SendTextAsync("""{"protocol":"json","version":1}""" + RawHubSocket.Separator);
        await socket.Closed.OrDeadline();
        await bob.SendAsync(chat.ChatId, "not for whoever logged out");
        Assert.That(socket.Records.Where(r => r.Contains("MessagePosted", StringComparison.Ordinal)), Is.Empty);
    }

    private HttpClient HttpAs(string accessToken)
    {
        var http = Server.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        return http;
    }

    private Task<TestAccount> LogInAsync(TestAccount account) => TestAccount.LogInAsync(Server.Address, account);
}

/// <summary>Access tokens end by themselves.</summary>
[TestFixture]
public sealed class EndOfAToken : ServerFixture
{
    protected override Dictionary<string, string> Settings => new() { ["Auth:AccessTokenLifetime"] = "00:00:10" };

    [Test]
    public async Task An_expired_token_closes_the_connection_and_a_fresh_one_opens_the_next()
    {
        await using var ann = await RegisterAsync("Ann");
        await using var bob = await RegisterAsync("Bob");
        await ann.OpenDirectChatAsync(bob);
        await ann.Closed.Task.OrDeadline();
        var refusal = Assert.ThrowsAsync<WebSocketException>(() => RawHubSocket.OpenAsync(Server.Address, ann.Account.AccessToken));
        Assert.That(refusal.Message, Does.Contain("401"));

        await using var again = await TestClient.ConnectAsync(Server.Address, await TestAccount.LogInAsync(Server.Address, ann.Account));
        Assert.That((await again.ListChatsAsync()).Chats, Is.Empty);
    }
}
