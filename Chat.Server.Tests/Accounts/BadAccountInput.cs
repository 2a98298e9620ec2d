using System.Text;

namespace Chat.Server.Tests.Accounts;

/// <summary>Whatever is sent: an error that names the field, and nothing is written.</summary>
internal sealed class BadAccountInput : AccountsFixture
{
    private static readonly string Long = new('a', 5000);

    private static IEnumerable<TestCaseData> Registrations()
    {
        yield return Case("no body", "", "invalid", "body");
        yield return Case("null", "null", "invalid", "body");
        yield return Case("array", "[]", "invalid", "body");
        yield return Case("broken", """{"name": "Ada", """, "invalid", "body");
        yield return Case("nothing", "{}", "invalid", "name");
        yield return Case("name null", Body(name: "null"), "invalid", "name");
        yield return Case("name a number", Body(name: "5"), "invalid", "name");
        yield return Case("name an object", Body(name: "{}"), "invalid", "name");
        yield return Case("name empty", Body(name: "\"\""), "invalid", "name");
        yield return Case("name blank", Body(name: "\"  \\t \""), "invalid", "name");
        yield return Case("name long", Body(name: $"\"{Long[..101]}\""), "too_large", "name");
        yield return Case("name two lines", Body(name: "\"a\\nb\""), "invalid", "name");
        yield return Case("name with NUL", Body(name: "\"a\\u0000b\""), "invalid", "name");
        yield return Case("name with ESC", Body(name: "\"a\\u001bb\""), "invalid", "name");
        yield return Case("name with half a character", Body(name: "\"a\\ud83d\""), "invalid", "name");
        yield return Case("name with the other half", Body(name: "\"\\ude00a\""), "invalid", "name");
        yield return Case("phone missing", """{"name": "Ada", "password": "correct horse"}""", "invalid", "phoneNumber");
        foreach (var phone in new[]
        {
            "4915112345678", "+0915112345678", "+1234567", "+1234567890123456", "+49 151 12345", "+49a5112345678", "+", "+٤٩١٥١١٢٣٤٥٦",
        })
            yield return Case($"phone {phone}", Body(phone: $"\"{phone}\""), "invalid", "phoneNumber");
        yield return Case("phone a number", Body(phone: "4915112345678"), "invalid", "phoneNumber");
        yield return Case("phone long", Body(phone: $"\"+{Long}\""), "too_large", "phoneNumber");
        yield return Case("password short", Body(password: "\"1234567\""), "invalid", "password");
        yield return Case("password long", Body(password: $"\"{Long[..129]}\""), "too_large", "password");
        yield return Case("password null", Body(password: "null"), "invalid", "password");
        yield return Case("password with half a character", Body(password: "\"12345678\\ud83d\""), "invalid", "password");
        yield return Case("password a list", Body(password: "[\"12345678\"]"), "invalid", "password");
        foreach (var username in new[] { "ab", "1abc", "_abc", "a b c", "ada.l", "ädä", "ada@x", new string('a', 33), "" })
            yield return Case($"username {username}", Body(username: $"\"{username}\""), "invalid", "username");
        yield return Case("device long", Body(device: $"\"{Long[..101]}\""), "too_large", "deviceName");
        yield return Case("device with newline", Body(device: "\"a\\nb\""), "invalid", "deviceName");

        static TestCaseData Case(string name, string json, string code, string field) =>
            new TestCaseData(json, code, field).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Registrations))]
    public async Task Registering_refuses(string json, string code, string field)
    {
        var users = await CountAsync("users");
        var answer = await Http.CallAsync(HttpMethod.Post, "/api/auth/register", HttpCalls.Json(json), token: null);
        AssertRefused(answer, code == "too_large" ? 413 : 400, code, field);
        Assert.That(await CountAsync("users"), Is.EqualTo(users));
    }

    [TestCase("""{"password": "x"}""", "login")]
    [TestCase("""{"login": null, "password": "x"}""", "login")]
    [TestCase("""{"login": "", "password": "x"}""", "login")]
    [TestCase("""{"login": true, "password": "x"}""", "login")]
    [TestCase("""{"login": "a\u0007", "password": "x"}""", "login")]
    [TestCase("""{"login": "ada"}""", "password")]
    [TestCase("""{"login": "ada", "password": ""}""", "password")]
    [TestCase("""{"login": "ada", "password": 12345678}""", "password")]
    [TestCase("""{"login": "ada", "password": "12345678", "deviceName": 7}""", "deviceName")]
    public async Task Logging_in_refuses(string json, string field) =>
        AssertRefused(await Http.CallAsync(HttpMethod.Post, "/api/auth/login", HttpCalls.Json(json), token: null), 400, "invalid", field);

    [TestCase("{}", "refreshToken")]
    [TestCase("""{"refreshToken": null}""", "refreshToken")]
    [TestCase("""{"refreshToken": ""}""", "refreshToken")]
    [TestCase("""{"refreshToken": 5}""", "refreshToken")]
    public async Task Refreshing_refuses(string json, string field) =>
        AssertRefused(await Http.CallAsync(HttpMethod.Post, "/api/auth/refresh", HttpCalls.Json(json), token: null), 400, "invalid", field);

    [TestCase("""{"name": null}""", "name")]
    [TestCase("""{"name": " "}""", "name")]
    [TestCase("""{"name": 5}""", "name")]
    [TestCase("""{"name": {"a": 1}}""", "name")]
    [TestCase("""{"username": "Ä"}""", "username")]
    [TestCase("""{"username": ""}""", "username")]
    [TestCase("""{"status": "a\nb"}""", "status")]
    [TestCase("""{"status": "a\ud800"}""", "status")]
    [TestCase("""{"status": ["a"]}""", "status")]
    [TestCase("""{"profilePictureUrl": "ftp://example.com/a.png"}""", "profilePictureUrl")]
    [TestCase("""{"profilePictureUrl": "file:///etc/passwd"}""", "profilePictureUrl")]
    [TestCase("""{"profilePictureUrl": "data:image/png;base64,AAAA"}""", "profilePictureUrl")]
    [TestCase("""{"profilePictureUrl": "/a.png"}""", "profilePictureUrl")]
    [TestCase("""{"profilePictureUrl": "//example.com/a.png"}""", "profilePictureUrl")]
    [TestCase("""{"profilePictureUrl": "https://"}""", "profilePictureUrl")]
    [TestCase("""{"profilePictureUrl": ""}""", "profilePictureUrl")]
    [TestCase("null", "body")]
    [TestCase("5", "body")]
    public async Task Changing_the_profile_refuses(string json, string field)
    {
        var me = await SomebodyAsync();
        AssertRefused(await Http.PatchAsync("/api/me", json, me.AccessToken), 400, "invalid", field);
        Assert.That(
            (await Http.GetAsync("/api/me", me.AccessToken)).Body.GetRawText(), Is.EqualTo(me.Body.GetProperty("user").GetRawText()));
    }

    [TestCase("name", 101)]
    [TestCase("status", 141)]
    [TestCase("profilePictureUrl", 501)]
    public async Task The_profile_has_limits(string field, int length)
    {
        var me = await SomebodyAsync();
        AssertRefused(await Http.PatchAsync("/api/me", $$"""{"{{field}}": "{{Long[..length]}}"}""", me.AccessToken), 413, "too_large", field);
    }

    [Test]
    public async Task The_longest_of_everything_fits_the_columns()
    {
        var me = await SomebodyAsync();
        // 4-byte characters: a hundred UTF-16 units are fifty of them.
        var emoji = string.Concat(Enumerable.Repeat("😀", 50));
        var url = $"https://example.com/{new string('a', 480)}";
        var answer = await Http.PatchAsync(
            "/api/me",
            $$"""{"name": "{{emoji}}", "status": "{{new string('ß', 140)}}", "profilePictureUrl": "{{url}}", "username": "{{new string('z', 32)}}"}""",
            me.AccessToken);
        Assert.That(answer.Status, Is.EqualTo(200), answer.ToString());
        Assert.That((answer.Text("name"), answer.Text("profilePictureUrl")), Is.EqualTo((emoji, url)));
    }

    [Test]
    public async Task A_large_body_is_refused_unread()
    {
        var json = $$"""{"name": "{{new string('a', 40_000)}}"}""";
        AssertRefused(await Http.CallAsync(HttpMethod.Post, "/api/auth/register", HttpCalls.Json(json), token: null), 413, "too_large", "body");
    }

    [Test]
    public async Task Broken_utf8_is_refused()
    {
        using var content = new ByteArrayContent([.. """{"login": "a"""u8, 0xED, 0xA0, 0x80, .. "\", \"password\": \"12345678\"}"u8]);
        content.Headers.ContentType = new("application/json");
        AssertRefused(await Http.CallAsync(HttpMethod.Post, "/api/auth/login", content, token: null), 400, "invalid", "login");
    }

    [Test]
    public async Task Another_content_type_is_refused()
    {
        using var content = new StringContent("login=ada", Encoding.UTF8, "application/x-www-form-urlencoded");
        AssertRefused(await Http.CallAsync(HttpMethod.Post, "/api/auth/login", content, token: null), 415, "invalid", "Content-Type");
    }

    private static string Body(
        string name = "\"Ada\"",
        string phone = "\"+4915100000001\"",
        string password = "\"correct horse\"",
        string username = "null",
        string device = "null") =>
        $$"""{"name": {{name}}, "phoneNumber": {{phone}}, "password": {{password}}, "username": {{username}}, "deviceName": {{device}}}""";
}
