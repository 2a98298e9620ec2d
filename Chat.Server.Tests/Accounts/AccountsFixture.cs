using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Accounts;

/// <summary>A fixture with one server over one database, and a client for its HTTP side.</summary>
internal abstract class AccountsFixture : ServerFixture
{
    protected HttpClient Http { get; private set; } = null!;

    [OneTimeSetUp]
    public void MakeClient() => Http = Server.Http();

    [OneTimeTearDown]
    public void DisposeClient() => Http.Dispose();

    protected static string NewPhoneNumber() => TestClient.NextPhoneNumber();

    /// <summary>A person who has just registered.</summary>
    protected async Task<Answer> SomebodyAsync(string? phoneNumber = null, string? username = null)
    {
        var answer = await Http.RegisterAsync(phoneNumber ?? NewPhoneNumber(), username);
        Assert.That(answer.Status, Is.EqualTo(201), answer.ToString());
        return answer;
    }

    protected static void AssertRefused(Answer answer, int status, string code, string? field = null) => Assert.Multiple(() =>
    {
        Assert.That(answer.Status, Is.EqualTo(status), answer.ToString());
        Assert.That(answer.Code, Is.EqualTo(code));
        Assert.That(answer.Field, Is.EqualTo(field));
        Assert.That(answer.Response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(answer.Body.GetProperty("status").GetInt32(), Is.EqualTo(status));
        Assert.That(answer.Text("detail"), Is.Not.Empty);
    });

    protected async Task AssertSessionEndedAsync(string accessToken) =>
        AssertRefused(await Http.GetAsync("/api/me", accessToken), 401, "unauthenticated");

    protected Task<long> CountAsync(string table) => Database.ScalarAsync<long>($"SELECT COUNT(*) FROM {table}");
}
