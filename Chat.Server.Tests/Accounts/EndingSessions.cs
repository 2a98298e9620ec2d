using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Accounts;

internal sealed class EndingSessions : AccountsFixture
{
    [Test]
    public async Task Logging_out_ends_this_session_at_once()
    {
        var phone = NewPhoneNumber();
        var first = await SomebodyAsync(phone);
        var second = await Http.LogInAsync(phone);

        Assert.That((await Http.PostAsync("/api/auth/logout", null, first.AccessToken)).Status, Is.EqualTo(204));

        await AssertSessionEndedAsync(first.AccessToken);
        AssertRefused(await Http.RefreshAsync(first.RefreshToken), 401, "unauthenticated");
        Assert.That((await Http.GetAsync("/api/me", second.AccessToken)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task The_list_shows_live_sessions_the_last_used_first()
    {
        var phone = NewPhoneNumber();
        var first = await SomebodyAsync(phone);
        var second = await Http.LogInAsync(phone, deviceName: "tablet");
        var third = await Http.LogInAsync(phone, deviceName: "browser");
        await Http.PostAsync("/api/auth/logout", null, second.AccessToken);
        await Http.RefreshAsync(first.RefreshToken);

        var list = (await Http.GetAsync("/api/sessions", third.AccessToken)).Body.GetProperty("sessions").EnumerateArray().ToList();
        Assert.That(list.Select(s => s.GetProperty("sessionId").GetInt64()), Is.EqualTo(new[] { first.SessionId, third.SessionId }));
        Assert.That(list.Select(s => s.GetProperty("current").GetBoolean()), Is.EqualTo(new[] { false, true }));
        Assert.That(list[1].GetProperty("deviceName").GetString(), Is.EqualTo("browser"));
        Assert.That(list[0].GetProperty("lastUsedAt").GetDateTime(), Is.GreaterThan(list[0].GetProperty("createdAt").GetDateTime()));
    }

    [Test]
    public async Task One_device_can_end_another_and_may_say_so_twice()
    {
        var phone = NewPhoneNumber();
        var first = await SomebodyAsync(phone);
        var second = await Http.LogInAsync(phone);
        for (var i = 0; i < 2; i++)
            Assert.That((await Http.DeleteAsync($"/api/sessions/{first.SessionId}", second.AccessToken)).Status, Is.EqualTo(204));
        await AssertSessionEndedAsync(first.AccessToken);
    }

    [Test]
    public async Task All_but_this_one()
    {
        var phone = NewPhoneNumber();
        var first = await SomebodyAsync(phone);
        var second = await Http.LogInAsync(phone);
        var third = await Http.LogInAsync(phone);
        Assert.That((await Http.DeleteAsync("/api/sessions", second.AccessToken)).Status, Is.EqualTo(204));
        await AssertSessionEndedAsync(first.AccessToken);
        await AssertSessionEndedAsync(third.AccessToken);
        Assert.That((await Http.GetAsync("/api/me", second.AccessToken)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Somebody_elses_session_is_not_found_and_lives_on()
    {
        var mine = await SomebodyAsync();
        var other = await SomebodyAsync();
        AssertRefused(await Http.DeleteAsync($"/api/sessions/{other.SessionId}", mine.AccessToken), 404, "not_found");
        AssertRefused(await Http.DeleteAsync("/api/sessions/9007199254740991", mine.AccessToken), 404, "not_found");
        Assert.That((await Http.GetAsync("/api/me", other.AccessToken)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task The_hub_connection_of_an_ended_session_is_closed_and_the_others_stay()
    {
        await using var phone = await RegisterAsync();
        var browser = await Http.LogInAsync(phone.Account.PhoneNumber, phone.Account.Password);
        await Http.DeleteAsync($"/api/sessions/{phone.Account.SessionId}", browser.AccessToken);
        await phone.Closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That((await Http.GetAsync("/api/me", browser.AccessToken)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task An_ended_session_cannot_connect_to_the_hub()
    {
        var somebody = await SomebodyAsync();
        var negotiate = $"/hub/chat/negotiate?negotiateVersion=1&access_token={somebody.AccessToken}";
        Assert.That((await Http.PostAsync(negotiate)).Status, Is.EqualTo(200));
        await Http.PostAsync("/api/auth/logout", null, somebody.AccessToken);
        AssertRefused(await Http.PostAsync(negotiate), 401, "unauthenticated");
    }

    [Test]
    public async Task A_token_in_the_query_counts_for_the_hub_only()
    {
        var somebody = await SomebodyAsync();
        AssertRefused(await Http.GetAsync($"/api/me?access_token={somebody.AccessToken}", token: null), 401, "unauthenticated");
    }
}
