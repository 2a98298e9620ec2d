using System.Globalization;

namespace Chat.Server.Tests.Accounts;

internal sealed class LookingUpPeople : AccountsFixture
{
    [Test]
    public async Task Others_see_everything_but_the_phone_number()
    {
        var phone = NewPhoneNumber();
        var somebody = await SomebodyAsync(phone, "looked_up");
        var me = await SomebodyAsync();
        foreach (var path in new[]
        {
            $"/api/users/{somebody.UserId}", "/api/users/find?login=Looked_Up", $"/api/users/find?login={Uri.EscapeDataString(phone)}",
        })
        {
            var answer = await Http.GetAsync(path, me.AccessToken);
            Assert.That(answer.Status, Is.EqualTo(200), $"{path}: {answer}");
            Assert.That(answer.Body.GetProperty("userId").GetInt64(), Is.EqualTo(somebody.UserId));
            Assert.That(answer.Text("username"), Is.EqualTo("looked_up"));
            Assert.That(answer.Body.GetRawText(), Does.Not.Contain(phone[1..]));
        }
    }

    [Test]
    public async Task Several_at_once_leaves_unknown_ids_out()
    {
        var a = await SomebodyAsync();
        var b = await SomebodyAsync();
        var answer = await Http.GetAsync($"/api/users?ids={b.UserId},{a.UserId},9007199254740991,{a.UserId}", a.AccessToken);
        var ids = answer.Body.GetProperty("users").EnumerateArray().Select(u => u.GetProperty("userId").GetInt64());
        Assert.That(ids, Is.EqualTo(new[] { a.UserId, b.UserId }));
    }

    [Test]
    public async Task Parts_and_accents_find_nobody()
    {
        var me = await SomebodyAsync("+4917612345678", "jose_m");
        foreach (var login in new[] { "jose", "josé_m", "jose%", "+491761234567", "4917612345678", "%", "_______" })
            AssertRefused(await Http.GetAsync($"/api/users/find?login={Uri.EscapeDataString(login)}", me.AccessToken), 404, "not_found");
    }

    [TestCase("/api/users/9007199254740991", 404, "not_found", null)]
    [TestCase("/api/users/0", 400, "invalid", "userId")]
    [TestCase("/api/users/-1", 400, "invalid", "userId")]
    [TestCase("/api/users/9007199254740992", 400, "invalid", "userId")]
    [TestCase("/api/users/99999999999999999999", 400, "invalid", "userId")]
    [TestCase("/api/users/abc", 400, "invalid", "userId")]
    [TestCase("/api/users", 400, "invalid", "ids")]
    [TestCase("/api/users?ids=", 400, "invalid", "ids")]
    [TestCase("/api/users?ids=1,,2", 400, "invalid", "ids")]
    [TestCase("/api/users?ids=1,x", 400, "invalid", "ids")]
    [TestCase("/api/users?ids=1,-2", 400, "invalid", "ids")]
    [TestCase("/api/users?ids=0", 400, "invalid", "ids")]
    [TestCase("/api/users/find", 400, "invalid", "login")]
    [TestCase("/api/users/find?login=", 400, "invalid", "login")]
    [TestCase("/api/users/find?login=a%00b", 400, "invalid", "login")]
    public async Task Bad_questions_are_refused(string path, int status, string code, string? field) =>
        AssertRefused(await Http.GetAsync(path, (await SomebodyAsync()).AccessToken), status, code, field);

    [Test]
    public async Task At_most_a_hundred_ids()
    {
        var me = await SomebodyAsync();
        var hundred = string.Join(',', Enumerable.Range(1, 100).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        Assert.That((await Http.GetAsync($"/api/users?ids={hundred}", me.AccessToken)).Status, Is.EqualTo(200));
        AssertRefused(await Http.GetAsync($"/api/users?ids={hundred},101", me.AccessToken), 413, "too_large", "ids");
    }
}
