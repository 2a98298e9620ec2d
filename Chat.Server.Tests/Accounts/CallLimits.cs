using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Accounts;

internal sealed class CallLimits : AccountsFixture
{
    [Test]
    public async Task Auth_calls_are_limited_per_address()
    {
        await using var server = new ChatServerFactory(
            Database.ConnectionString, new Dictionary<string, string> { ["Auth:AuthCallsPerMinutePerAddress"] = "5" });
        using var http = server.Http();
        for (var i = 0; i < 5; i++)
            Assert.That((await http.RefreshAsync("x")).Status, Is.EqualTo(401));
        AssertLimited(await http.RefreshAsync("x"));
    }

    [Test]
    public async Task Lookups_are_limited_per_user()
    {
        await using var server = new ChatServerFactory(
            Database.ConnectionString, new Dictionary<string, string> { ["Auth:LookupsPerMinutePerUser"] = "5" });
        using var http = server.Http();
        var (first, second) = (await http.RegisterAsync(NewPhoneNumber()), await http.RegisterAsync(NewPhoneNumber()));
        for (var i = 0; i < 5; i++)
            Assert.That((await http.GetAsync("/api/users?ids=1", first.AccessToken)).Status, Is.EqualTo(200));
        AssertLimited(await http.GetAsync("/api/users/find?login=ada", first.AccessToken));
        Assert.That((await http.GetAsync("/api/users?ids=1", second.AccessToken)).Status, Is.EqualTo(200));
        Assert.That((await http.GetAsync("/api/me", first.AccessToken)).Status, Is.EqualTo(200), "only look-ups are limited");
    }

    [Test]
    public async Task A_forwarded_address_counts_only_from_a_known_proxy()
    {
        var settings = new Dictionary<string, string> { ["Auth:AuthCallsPerMinutePerAddress"] = "2" };
        await using (var trusting = new ChatServerFactory(
            Database.ConnectionString, new Dictionary<string, string>(settings) { ["Proxy:KnownNetworks:0"] = "127.0.0.0/8" }))
        {
            using var http = trusting.Http();
            for (var i = 0; i < 6; i++)
                Assert.That((await RefreshForAsync(http, $"203.0.113.{i}")).Status, Is.EqualTo(401));
            await RefreshForAsync(http, "203.0.113.1");
            AssertLimited(await RefreshForAsync(http, "203.0.113.1"));
        }

        await using var wary = new ChatServerFactory(Database.ConnectionString, settings);
        using var direct = wary.Http();
        await RefreshForAsync(direct, "203.0.113.1");
        await RefreshForAsync(direct, "203.0.113.2");
        AssertLimited(await RefreshForAsync(direct, "203.0.113.3"));
    }

    private static Task<Answer> RefreshForAsync(HttpClient http, string address)
    {
        var content = HttpCalls.Json("""{"refreshToken": "x"}""");
        http.DefaultRequestHeaders.Remove("X-Forwarded-For");
        http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return http.CallAsync(HttpMethod.Post, "/api/auth/refresh", content, token: null);
    }

    private static void AssertLimited(Answer answer)
    {
        AssertRefused(answer, 429, "rate_limited");
        Assert.That(answer.Response.Headers.RetryAfter?.Delta, Is.InRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)));
    }
}
