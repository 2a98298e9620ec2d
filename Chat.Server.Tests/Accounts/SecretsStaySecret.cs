using System.Collections.Concurrent;
using System.Xml.Linq;
using Chat.Data.Accounts;
using Chat.Server.Features.Accounts;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat.Server.Tests.Accounts;

internal sealed class SecretsStaySecret
{
    [Test]
    public async Task No_log_line_holds_a_password_a_token_or_a_key_even_at_trace_level()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var everything = new Everything();
        await using var server = new ChatServerFactory(
            database.ConnectionString,
            new Dictionary<string, string> { ["Logging:LogLevel:Default"] = "Trace", ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace" },
            services => services.AddSingleton<ILoggerProvider>(everything));
        using var http = server.Http();

        const string password = "S3cret-of-Ada";
        const string wrongPassword = "S3cret-of-Eve";
        var phone = TestClient.NextPhoneNumber();
        var first = await http.PostAsync("/api/auth/register", new { name = "Ada", phoneNumber = phone, password });
        await http.LogInAsync(phone, wrongPassword);
        await http.CallAsync(HttpMethod.Post, "/api/auth/login", HttpCalls.Json($$"""{"login": 5, "password": "{{password}}"}"""), null);
        await http.CallAsync(HttpMethod.Post, "/api/auth/register", HttpCalls.Json($$"""{"password": "{{password}}", broken"""), null);
        var second = await http.RefreshAsync(first.RefreshToken);
        await http.PostAsync($"/hub/chat/negotiate?negotiateVersion=1&access_token={second.AccessToken}");
        await http.RefreshAsync(first.RefreshToken);
        await http.GetAsync("/api/me", second.AccessToken);

        var key = XElement.Parse(await database.ScalarAsync<string>("SELECT xml FROM data_protection_keys")).Descendants()
            .Single(element => element.Name.LocalName == "value").Value;
        Assert.That(everything.Lines, Has.Some.Contains("/api/auth/register"), "something was logged");
        foreach (var secret in new[]
        {
            password, wrongPassword, first.AccessToken, first.RefreshToken, second.AccessToken, second.RefreshToken, key,
            await database.ScalarAsync<string>("SELECT password_hash FROM users"),
        })
            Assert.That(everything.Lines.Where(line => line.Contains(secret, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void What_holds_a_secret_does_not_print_it()
    {
        const string secret = "the-secret";
        var profile = new Profile(1, "Ada", "+49", null, null, null, null, default);
        object[] holders =
        [
            new RegisterRequest("Ada", "+49", secret), new LogInRequest("ada", secret), new RefreshRequest(secret),
            new AuthResult(secret, 1, secret, 1, profile), new RefreshToken(secret, []), new PasswordCheck(true, secret),
            new CredentialsRow(1, secret), new NewUser("Ada", "+49", null, secret, default),
        ];
        foreach (var holder in holders)
            Assert.That(holder.ToString(), Does.Not.Contain(secret), holder.GetType().Name);
    }

    private sealed class Everything : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Lines);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull
            {
                lines.Enqueue($"{category} scope: {state}");
                return null;
            }

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
