using Chat.Server.Features.Accounts;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat.Server.Tests.Accounts;

internal sealed class SessionsExpire : AccountsFixture
{
    private ManualTime _time = null!;
    private ChatServerFactory _server = null!;
    private HttpClient _http = null!;

    [SetUp]
    public void StartServerWithItsOwnClock()
    {
        _time = new ManualTime();
        _server = new ChatServerFactory(
            Database.ConnectionString, TestSettings.Unthrottled([]), services => services.AddSingleton<TimeProvider>(_time));
        _http = _server.Http();
    }

    [TearDown]
    public async Task StopIt()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task An_access_token_works_for_an_hour()
    {
        var somebody = await _http.RegisterAsync(NewPhoneNumber());
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.That((await _http.GetAsync("/api/me", somebody.AccessToken)).Status, Is.EqualTo(200));
        _time.Advance(TimeSpan.FromMinutes(1.1));
        AssertRefused(await _http.GetAsync("/api/me", somebody.AccessToken), 401, "unauthenticated");
        Assert.That((await _http.RefreshAsync(somebody.RefreshToken)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_session_lives_sixty_days_from_its_last_refresh()
    {
        var somebody = await _http.RegisterAsync(NewPhoneNumber());
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromDays(59));
            somebody = await _http.RefreshAsync(somebody.RefreshToken);
            Assert.That(somebody.Status, Is.EqualTo(200), somebody.ToString());
        }
        _time.Advance(TimeSpan.FromDays(60.1));
        AssertRefused(await _http.RefreshAsync(somebody.RefreshToken), 401, "unauthenticated");
    }

    [Test]
    public async Task Cleaning_up_deletes_what_is_over_and_nothing_else()
    {
        var gone = await _http.RegisterAsync(NewPhoneNumber());
        var phone = NewPhoneNumber();
        var live = await _http.RegisterAsync(phone);
        await _http.LogInAsync(phone, "wrong password");
        // Day 50: the second session goes on, its first token is used.
        _time.Advance(TimeSpan.FromDays(50));
        live = await _http.RefreshAsync(live.RefreshToken);
        // Day 91: the first session ended at 60, thirty days ago and more; the other lives until 110, its used token is 41 days old.
        _time.Advance(TimeSpan.FromDays(41));
        await CleanUpAsync();
        Assert.That(await CountOfAsync(gone), Is.EqualTo((0, 0)));
        Assert.That(await CountOfAsync(live), Is.EqualTo((1, 2)));
        Assert.That(await CountAsync("login_failures"), Is.Zero);

        // Day 109, refreshed; day 112: the token used on day 50 is past sixty days, that of day 109 is not.
        _time.Advance(TimeSpan.FromDays(18));
        live = await _http.RefreshAsync(live.RefreshToken);
        Assert.That(live.Status, Is.EqualTo(200), live.ToString());
        _time.Advance(TimeSpan.FromDays(3));
        await CleanUpAsync();
        Assert.That(await CountOfAsync(live), Is.EqualTo((1, 2)));
        Assert.That((await _http.RefreshAsync(live.RefreshToken)).Status, Is.EqualTo(200));
    }

    private Task CleanUpAsync() =>
        _server.Services.GetServices<IHostedService>().OfType<AccountsCleanup>().Single().PurgeAsync(CancellationToken.None);

    private async Task<(long Sessions, long Tokens)> CountOfAsync(Answer session) => (
        await Database.ScalarAsync<long>("SELECT COUNT(*) FROM sessions WHERE session_id = @SessionId", new { session.SessionId }),
        await Database.ScalarAsync<long>("SELECT COUNT(*) FROM refresh_tokens WHERE session_id = @SessionId", new { session.SessionId }));
}
