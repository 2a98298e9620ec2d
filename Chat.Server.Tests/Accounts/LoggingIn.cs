using System.Collections.Concurrent;
using Chat.Data.Accounts;
using Chat.Server.Features.Accounts;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Accounts;

internal sealed class LoggingIn : AccountsFixture
{
    [Test]
    public async Task By_phone_number_and_by_username_in_any_case()
    {
        var phone = NewPhoneNumber();
        var somebody = await SomebodyAsync(phone, "by_username");
        foreach (var login in new[] { phone, "by_username", "By_Username", $" {phone} " })
        {
            var answer = await Http.LogInAsync(login);
            Assert.That(answer.Status, Is.EqualTo(200), $"{login}: {answer}");
            Assert.That(answer.UserId, Is.EqualTo(somebody.UserId));
            Assert.That(answer.SessionId, Is.Not.EqualTo(somebody.SessionId), "each log-in is a session of its own");
        }
    }

    [Test]
    public async Task A_wrong_password_and_an_unknown_account_get_the_same_answer()
    {
        var phone = NewPhoneNumber();
        await SomebodyAsync(phone);
        var wrong = await Http.LogInAsync(phone, "wrong password");
        AssertRefused(wrong, 401, "unauthenticated");
        foreach (var unknown in new[] { NewPhoneNumber(), "no_such_user", "not even a login", "ädä", "+12" })
        {
            var answer = await Http.LogInAsync(unknown, "wrong password");
            AssertRefused(answer, 401, "unauthenticated");
            Assert.That(answer.Text("detail"), Is.EqualTo(wrong.Text("detail")));
        }
    }

    [Test]
    public async Task An_unknown_account_costs_a_verification_like_a_known_one()
    {
        var hasher = new CountingHasher();
        await using var server = new ChatServerFactory(
            Database.ConnectionString, services: services => services.AddSingleton<IPasswordHasher<CredentialsRow>>(hasher));
        using var http = server.Http();
        var phone = NewPhoneNumber();
        await http.RegisterAsync(phone);

        hasher.Verified.Clear();
        await http.LogInAsync(phone, "wrong password");
        await http.LogInAsync("nobody_at_all", "wrong password");

        Assert.That(hasher.Verified, Has.Count.EqualTo(2));
        var (known, unknown) = (Iterations(hasher.Verified.First()), Iterations(hasher.Verified.Last()));
        Assert.That(unknown, Is.EqualTo(known), "the dummy hash is as expensive as a real one");
    }

    [Test]
    public async Task A_weak_hash_is_renewed_at_log_in_and_the_sessions_stay()
    {
        var phone = NewPhoneNumber();
        var somebody = await SomebodyAsync(phone);
        var before = await HashOfAsync(somebody.UserId);
        await using (var stronger = new ChatServerFactory(
            Database.ConnectionString, new Dictionary<string, string> { ["Auth:PasswordIterations"] = "2000" }))
        {
            using var http = stronger.Http();
            Assert.That((await http.LogInAsync(phone)).Status, Is.EqualTo(200));
        }
        var after = await HashOfAsync(somebody.UserId);
        Assert.That((Iterations(before), Iterations(after)), Is.EqualTo((1000, 2000)));
        Assert.That((await Http.LogInAsync(phone)).Status, Is.EqualTo(200));
        Assert.That((await Http.GetAsync("/api/me", somebody.AccessToken)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Beyond_the_limit_of_sessions_the_least_recently_used_end()
    {
        await using var server = new ChatServerFactory(
            Database.ConnectionString, TestSettings.Unthrottled(new Dictionary<string, string> { ["Auth:MaxSessionsPerUser"] = "3" }));
        using var http = server.Http();
        var phone = NewPhoneNumber();
        var first = await http.RegisterAsync(phone);
        var second = await http.LogInAsync(phone);
        var third = await http.LogInAsync(phone);
        first = await http.RefreshAsync(first.RefreshToken);
        await http.LogInAsync(phone);

        Assert.That((await http.GetAsync("/api/me", first.AccessToken)).Status, Is.EqualTo(200), "was used last");
        Assert.That((await http.GetAsync("/api/me", third.AccessToken)).Status, Is.EqualTo(200));
        AssertRefused(await http.GetAsync("/api/me", second.AccessToken), 401, "unauthenticated");
        AssertRefused(await http.RefreshAsync(second.RefreshToken), 401, "unauthenticated");
    }

    [Test]
    public async Task The_limit_of_sessions_holds_when_many_log_in_at_once()
    {
        var userId = (await SomebodyAsync()).UserId;
        var sessions = new SessionRepository(Database.Database);
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            {
                var now = TimeProvider.System.GetUtcNow().UtcDateTime;
                var session = new NewSession(null, RefreshToken.Create().Hash, now, now.AddDays(1));
                return sessions.OpenAsync(userId, session, maxLive: 3, CancellationToken.None);
            })));
            var live = await Database.ScalarAsync<long>("SELECT COUNT(*) FROM sessions WHERE user_id = @userId AND revoked_at IS NULL", new { userId });
            Assert.That(live, Is.EqualTo(3));
        }
    }

    private Task<string> HashOfAsync(long userId) =>
        Database.ScalarAsync<string>("SELECT password_hash FROM users WHERE user_id = @userId", new { userId });

    /// <summary>The framework's format 3: a marker, the function, then the iterations, big-endian.</summary>
    private static int Iterations(string hash) =>
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Convert.FromBase64String(hash).AsSpan(5, 4));

    private sealed class CountingHasher : IPasswordHasher<CredentialsRow>
    {
        private readonly PasswordHasher<CredentialsRow> _inner = new(Options.Create(new PasswordHasherOptions { IterationCount = 1000 }));

        public ConcurrentQueue<string> Verified { get; } = [];

        public string HashPassword(CredentialsRow user, string password) => _inner.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(CredentialsRow user, string hashedPassword, string providedPassword)
        {
            Verified.Enqueue(hashedPassword);
            return _inner.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
