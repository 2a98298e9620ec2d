using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Accounts;

internal sealed class LoginThrottling : AccountsFixture
{
    [Test]
    public async Task After_ten_failures_even_the_right_password_waits()
    {
        var phone = NewPhoneNumber();
        await SomebodyAsync(phone);
        for (var i = 0; i < 10; i++)
            AssertRefused(await Http.LogInAsync(phone, "wrong password"), 401, "unauthenticated");

        var refused = await Http.LogInAsync(phone);
        AssertRefused(refused, 429, "rate_limited");
        Assert.That(refused.Response.Headers.RetryAfter?.Delta, Is.InRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15)));
        Assert.That(refused.Text("detail"), Does.Match(@"\(retry after \d+ ms\)$"));
    }

    [Test]
    public async Task An_account_that_does_not_exist_is_throttled_alike()
    {
        var phone = NewPhoneNumber();
        for (var i = 0; i < 10; i++)
            AssertRefused(await Http.LogInAsync(phone, "wrong password"), 401, "unauthenticated");
        AssertRefused(await Http.LogInAsync(phone, "wrong password"), 429, "rate_limited");
    }

    [Test]
    public async Task Writing_the_login_differently_buys_no_tries()
    {
        await SomebodyAsync(username: "spelled_many_ways");
        string[] spellings = ["spelled_many_ways", "SPELLED_MANY_WAYS", " spelled_many_ways", "Spelled_Many_Ways "];
        for (var i = 0; i < 10; i++)
            AssertRefused(await Http.LogInAsync(spellings[i % 4], "wrong password"), 401, "unauthenticated");
        foreach (var spelling in spellings)
            AssertRefused(await Http.LogInAsync(spelling), 429, "rate_limited");
    }

    [Test]
    public async Task A_success_clears_the_accounts_count()
    {
        var phone = NewPhoneNumber();
        await SomebodyAsync(phone);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 9; i++)
                await Http.LogInAsync(phone, "wrong password");
            Assert.That((await Http.LogInAsync(phone)).Status, Is.EqualTo(200));
        }
    }

    [Test]
    public async Task Many_tries_at_once_are_decided_no_more_often_than_the_limit()
    {
        var phone = NewPhoneNumber();
        await SomebodyAsync(phone);
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Http.LogInAsync(phone, "wrong password")));
        Assert.That(answers.Count(a => a.Code == "unauthenticated"), Is.EqualTo(10));
        Assert.That(answers.Count(a => a.Code == "rate_limited"), Is.EqualTo(20));
    }

    [Test]
    public async Task The_window_ends()
    {
        var time = new ManualTime();
        await using var server = new ChatServerFactory(
            Database.ConnectionString,
            TestSettings.Unthrottled(new Dictionary<string, string> { ["Auth:LoginFailuresPerAccount"] = "2" }),
            services => services.AddSingleton<TimeProvider>(time));
        using var http = server.Http();
        var phone = NewPhoneNumber();
        await http.RegisterAsync(phone);
        await http.LogInAsync(phone, "wrong password");
        time.Advance(TimeSpan.FromMinutes(14));
        await http.LogInAsync(phone, "wrong password");
        AssertRefused(await http.LogInAsync(phone), 429, "rate_limited");

        time.Advance(TimeSpan.FromMinutes(1.1));
        Assert.That((await http.LogInAsync(phone)).Status, Is.EqualTo(200), "the window began with the first failure");
    }

    [Test]
    public async Task An_address_is_throttled_over_all_accounts_and_a_success_does_not_wash_it_clean()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var server = new ChatServerFactory(
            database.ConnectionString, TestSettings.Unthrottled(new Dictionary<string, string> { ["Auth:LoginFailuresPerAddress"] = "5" }));
        using var http = server.Http();
        var phone = NewPhoneNumber();
        await http.RegisterAsync(phone);
        for (var i = 0; i < 5; i++)
        {
            AssertRefused(await http.LogInAsync(NewPhoneNumber(), "wrong password"), 401, "unauthenticated");
            if (i < 4) Assert.That((await http.LogInAsync(phone)).Status, Is.EqualTo(200));
        }
        var refused = await http.LogInAsync(phone);
        AssertRefused(refused, 429, "rate_limited");
        Assert.That(refused.Response.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(await database.ScalarAsync<string>("SELECT subject FROM login_failures WHERE subject LIKE 'address:%'"), Is.EqualTo("address:127.0.0.1"));
    }

    [Test]
    public async Task Subjects_do_not_hold_what_was_typed()
    {
        const string typedByMistake = "my_secret_password";
        await Http.LogInAsync(typedByMistake, "wrong password");
        var subjects = await Database.ListAsync<string>("SELECT subject FROM login_failures");
        Assert.That(subjects, Is.Not.Empty.And.None.Contains(typedByMistake));
    }
}
