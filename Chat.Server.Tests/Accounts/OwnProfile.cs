namespace Chat.Server.Tests.Accounts;

internal sealed class OwnProfile : AccountsFixture
{
    [Test]
    public async Task What_is_absent_stays_and_null_clears()
    {
        var me = await SomebodyAsync(username: "patched");
        var token = me.AccessToken;

        var set = await Http.PatchAsync(
            "/api/me", """{"name": " Grace 👩‍💻 ", "status": " at sea ", "profilePictureUrl": "https://example.com/a%20b.png"}""", token);
        AssertProfile(set, "Grace 👩‍💻", "patched", "at sea", "https://example.com/a%20b.png");

        var one = await Http.PatchAsync("/api/me", """{"status": "ashore"}""", token);
        AssertProfile(one, "Grace 👩‍💻", "patched", "ashore", "https://example.com/a%20b.png");

        var cleared = await Http.PatchAsync("/api/me", """{"username": null, "status": null, "profilePictureUrl": null}""", token);
        AssertProfile(cleared, "Grace 👩‍💻", null, null, null);

        var nothing = await Http.PatchAsync("/api/me", "{}", token);
        AssertProfile(nothing, "Grace 👩‍💻", null, null, null);
        Assert.That((await Http.GetAsync("/api/me", token)).Body.GetRawText(), Is.EqualTo(nothing.Body.GetRawText()));
    }

    [Test]
    public async Task An_emptied_status_is_none()
    {
        var me = await SomebodyAsync();
        await Http.PatchAsync("/api/me", """{"status": "something"}""", me.AccessToken);
        Assert.That((await Http.PatchAsync("/api/me", """{"status": "  "}""", me.AccessToken)).Text("status"), Is.Null);
    }

    [Test]
    public async Task A_username_that_was_given_up_is_free_for_others()
    {
        var first = await SomebodyAsync(username: "passed_on");
        var second = await SomebodyAsync();
        AssertRefused(await Http.PatchAsync("/api/me", """{"username": "Passed_On"}""", second.AccessToken), 409, "conflict", "username");
        await Http.PatchAsync("/api/me", """{"username": null}""", first.AccessToken);
        Assert.That((await Http.PatchAsync("/api/me", """{"username": "Passed_On"}""", second.AccessToken)).Text("username"), Is.EqualTo("passed_on"));
        Assert.That((await Http.LogInAsync("passed_on")).UserId, Is.EqualTo(second.UserId));
    }

    [Test]
    public async Task One_wrong_field_changes_nothing()
    {
        var me = await SomebodyAsync();
        AssertRefused(
            await Http.PatchAsync("/api/me", """{"name": "Changed", "profilePictureUrl": "javascript:alert(1)"}""", me.AccessToken),
            400, "invalid", "profilePictureUrl");
        Assert.That((await Http.GetAsync("/api/me", me.AccessToken)).Text("name"), Is.EqualTo("Ada"));
    }

    private static void AssertProfile(Answer answer, string name, string? username, string? status, string? picture) => Assert.Multiple(() =>
    {
        Assert.That(answer.Status, Is.EqualTo(200), answer.ToString());
        Assert.That(answer.Text("name"), Is.EqualTo(name));
        Assert.That(answer.Text("username"), Is.EqualTo(username));
        Assert.That(answer.Text("status"), Is.EqualTo(status));
        Assert.That(answer.Text("profilePictureUrl"), Is.EqualTo(picture));
    });
}
