using Chat.Data;
using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Chat.Server.Tests.Accounts;

/// <summary>Every refusal is ProblemDetails with a code, also those of the framework.</summary>
internal sealed class HttpErrorAnswers : AccountsFixture
{
    private static readonly string[] Protected =
    [
        "POST /api/auth/logout", "GET /api/sessions", "DELETE /api/sessions", "DELETE /api/sessions/1", "GET /api/me", "PATCH /api/me",
        "GET /api/users/1", "GET /api/users?ids=1", "GET /api/users/find?login=ada", "POST /hub/chat/negotiate",
    ];

    [TestCaseSource(nameof(Protected))]
    public async Task Without_a_good_token_nothing_is_said(string call)
    {
        var (method, path) = (new HttpMethod(call.Split(' ')[0]), call.Split(' ')[1]);
        var somebody = await SomebodyAsync();
        foreach (var token in new[] { null, "", "abc", somebody.RefreshToken, Forged(somebody.AccessToken) })
        {
            var answer = await Http.CallAsync(method, path, method == HttpMethod.Patch ? HttpCalls.Json("{") : null, token);
            AssertRefused(answer, 401, "unauthenticated");
            Assert.That(answer.Response.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
        }
    }

    /// <summary>Another character in the middle: the bits of the last one need not count.</summary>
    private static string Forged(string token) =>
        string.Concat(token.AsSpan(0, token.Length / 2), token[token.Length / 2] == 'A' ? "B" : "A", token.AsSpan(token.Length / 2 + 1));

    [Test]
    public async Task An_unknown_address() => AssertRefused(await Http.GetAsync("/api/nothing", token: null), 404, "not_found");

    [Test]
    public async Task A_wrong_method() => AssertRefused(await Http.GetAsync("/api/auth/login", token: null), 405, "invalid", "method");

    [Test]
    public async Task A_fault_of_the_server_tells_a_trace_id_and_no_more()
    {
        var hasher = new Mock<IPasswordHasher<CredentialsRow>>();
        hasher.Setup(h => h.HashPassword(It.IsAny<CredentialsRow>(), HttpCalls.Password)).Throws(new InvalidOperationException("inner workings"));
        await using var server = new ChatServerFactory(Database.ConnectionString, services: services => services.AddSingleton(hasher.Object));
        using var http = server.Http();

        var answer = await http.RegisterAsync(NewPhoneNumber());

        AssertRefused(answer, 500, "internal");
        var traceId = answer.Text("traceId")!;
        Assert.That(answer.Text("detail"), Does.Contain(traceId));
        Assert.That(answer.Body.GetRawText(), Does.Not.Contain("inner workings"));
        Assert.That(server.Logs.Lines, Has.Some.Contains(traceId).And.Some.Contains("inner workings"));
    }

    [Test]
    public void A_database_out_of_reach_is_unavailable()
    {
        var error = HttpErrors.Translate(new DataUnavailableException(new TimeoutException("10.1.2.3 does not answer")));
        Assert.That(error!.Code, Is.EqualTo("unavailable"));
        Assert.That(error.Message, Does.Not.Contain("10.1.2.3"));
    }

    [Test]
    public void An_unknown_exception_is_not_for_callers_eyes() =>
        Assert.That(HttpErrors.Translate(new System.Text.Json.JsonException("our own mistake")), Is.Null);

    [Test]
    public async Task The_openapi_document_lists_the_surface_with_its_errors()
    {
        var document = (await Http.GetAsync("/openapi/v1.json", token: null)).Body;
        var paths = document.GetProperty("paths");
        foreach (var call in Protected.Where(c => c.Contains("/api/", StringComparison.Ordinal))
            .Concat(["POST /api/auth/register", "POST /api/auth/login", "POST /api/auth/refresh"]))
        {
            var path = call.Split(' ')[1].Split('?')[0].Replace("/users/1", "/users/{userId}", StringComparison.Ordinal)
                .Replace("/sessions/1", "/sessions/{sessionId}", StringComparison.Ordinal);
            var operation = paths.GetProperty(path).GetProperty(call.Split(' ')[0].ToLowerInvariant());
            Assert.That(operation.GetProperty("summary").GetString(), Is.Not.Empty, call);
            Assert.That(operation.GetProperty("responses").GetProperty("400").GetRawText(), Does.Contain("ProblemDetails"), call);
            Assert.That(operation.TryGetProperty("security", out _), Is.EqualTo(Protected.Contains(call)), call);
        }
        var field = document.GetProperty("components").GetProperty("schemas").GetProperty("RegisterRequest")
            .GetProperty("properties").GetProperty("phoneNumber").GetProperty("type");
        Assert.That(field.GetString(), Is.EqualTo("string"));
    }
}
