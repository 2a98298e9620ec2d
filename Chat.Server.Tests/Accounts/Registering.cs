namespace Chat.Server.Tests.Accounts;

internal sealed class Registering : AccountsFixture
{
    [Test]
    public async Task A_new_person_is_logged_in_and_finds_the_profile_as_given()
    {
        var phone = NewPhoneNumber();
        var answer = await Http.PostAsync(
            "/api/auth/register",
            new { name = "  Ada 😀 Lovelace ", phoneNumber = phone, password = HttpCalls.Password, username = "Ada_1815", deviceName = " phone " });

        Assert.That(answer.Status, Is.EqualTo(201), answer.ToString());
        Assert.That(answer.Body.GetProperty("expiresInSeconds").GetInt64(), Is.EqualTo(3600));
        var me = await Http.GetAsync("/api/me", answer.AccessToken);
        Assert.Multiple(() =>
        {
            Assert.That(me.Text("name"), Is.EqualTo("Ada 😀 Lovelace"));
            Assert.That(me.Text("phoneNumber"), Is.EqualTo(phone));
            Assert.That(me.Text("username"), Is.EqualTo("ada_1815"), "upper case is folded");
            Assert.That(me.Text("status"), Is.Null);
            Assert.That(me.Text("createdAt"), Does.EndWith("Z"));
            Assert.That(me.Body.GetRawText(), Is.EqualTo(answer.Body.GetProperty("user").GetRawText()));
        });
        var sessions = (await Http.GetAsync("/api/sessions", answer.AccessToken)).Body.GetProperty("sessions");
        Assert.That(sessions.GetArrayLength(), Is.EqualTo(1));
        Assert.That(sessions[0].GetProperty("deviceName").GetString(), Is.EqualTo("phone"));
    }

    [Test]
    public async Task A_taken_phone_number_is_a_conflict_that_names_the_field()
    {
        var phone = NewPhoneNumber();
        await SomebodyAsync(phone);
        AssertRefused(await Http.RegisterAsync(phone), 409, "conflict", "phoneNumber");
    }

    [Test]
    public async Task A_taken_username_is_a_conflict_whatever_its_case()
    {
        await SomebodyAsync(username: "taken_name");
        AssertRefused(await Http.RegisterAsync(NewPhoneNumber(), "Taken_Name"), 409, "conflict", "username");
    }

    [Test]
    public async Task A_refused_registration_leaves_nothing_behind()
    {
        await SomebodyAsync(username: "left_behind");
        var (users, sessions, tokens) = (await CountAsync("users"), await CountAsync("sessions"), await CountAsync("refresh_tokens"));
        await Http.RegisterAsync(NewPhoneNumber(), "left_behind");
        Assert.That(
            (await CountAsync("users"), await CountAsync("sessions"), await CountAsync("refresh_tokens")), Is.EqualTo((users, sessions, tokens)));
    }

    [Test]
    public async Task Of_several_who_register_one_number_at_once_one_wins()
    {
        for (var round = 0; round < 10; round++)
        {
            var phone = NewPhoneNumber();
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Http.RegisterAsync(phone)));
            Assert.That(answers.Count(a => a.Status == 201), Is.EqualTo(1));
            foreach (var loser in answers.Where(a => a.Status != 201))
                AssertRefused(loser, 409, "conflict", "phoneNumber");
        }
    }

    [Test]
    public async Task Answers_with_tokens_are_not_cached()
    {
        var answer = await SomebodyAsync();
        Assert.That(answer.Response.Headers.CacheControl?.NoStore, Is.True);
    }
}
