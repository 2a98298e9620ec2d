using Chat.Server.Features.Accounts;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Chat.Server.Tests.Accounts;

internal sealed class RefreshingTokens : AccountsFixture
{
    [Test]
    public async Task A_refresh_gives_new_tokens_of_the_same_session()
    {
        var first = await SomebodyAsync();
        var second = await Http.RefreshAsync(first.RefreshToken);
        Assert.That(second.Status, Is.EqualTo(200), second.ToString());
        Assert.Multiple(() =>
        {
            Assert.That(second.SessionId, Is.EqualTo(first.SessionId));
            Assert.That(second.UserId, Is.EqualTo(first.UserId));
            Assert.That(second.RefreshToken, Is.Not.EqualTo(first.RefreshToken));
        });
        Assert.That((await Http.GetAsync("/api/me", second.AccessToken)).Status, Is.EqualTo(200));
        Assert.That((await Http.RefreshAsync(second.RefreshToken)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_used_token_that_comes_back_ends_the_session()
    {
        var revocations = new Mock<ISessionRevocations>();
        await using var server = new ChatServerFactory(Database.ConnectionString, services: services => services.AddSingleton(revocations.Object));
        using var http = server.Http();
        var first = await http.RegisterAsync(NewPhoneNumber());
        var second = await http.RefreshAsync(first.RefreshToken);

        AssertRefused(await http.RefreshAsync(first.RefreshToken), 401, "unauthenticated");

        AssertRefused(await http.RefreshAsync(second.RefreshToken), 401, "unauthenticated");
        AssertRefused(await http.GetAsync("/api/me", first.AccessToken), 401, "unauthenticated");
        AssertRefused(await http.GetAsync("/api/me", second.AccessToken), 401, "unauthenticated");
        revocations.Verify(
            r => r.RevokedAsync(first.UserId, It.Is<IReadOnlyList<long>>(ids => ids.Single() == first.SessionId), It.IsAny<CancellationToken>()),
            Times.Once);
    }

    [Test]
    public async Task A_token_used_twice_at_once_works_once_and_ends_the_session()
    {
        for (var round = 0; round < 10; round++)
        {
            var first = await SomebodyAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Http.RefreshAsync(first.RefreshToken)));
            Assert.That(answers.Count(a => a.Status == 200), Is.EqualTo(1));
            foreach (var loser in answers.Where(a => a.Status != 200))
                AssertRefused(loser, 401, "unauthenticated");
            await AssertSessionEndedAsync(answers.Single(a => a.Status == 200).AccessToken);
            AssertRefused(await Http.RefreshAsync(answers.Single(a => a.Status == 200).RefreshToken), 401, "unauthenticated");
        }
    }

    [Test]
    public async Task Ending_one_session_leaves_the_others()
    {
        var phone = NewPhoneNumber();
        var first = await SomebodyAsync(phone);
        var second = await Http.LogInAsync(phone);
        await Http.RefreshAsync(first.RefreshToken);
        await Http.RefreshAsync(first.RefreshToken);
        await AssertSessionEndedAsync(first.AccessToken);
        Assert.That((await Http.GetAsync("/api/me", second.AccessToken)).Status, Is.EqualTo(200));
    }

    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Description = "of the right form, but nobody's")]
    [TestCase("short")]
    [TestCase("'; DROP TABLE users; --")]
    public async Task An_unknown_token_is_refused(string token) =>
        AssertRefused(await Http.RefreshAsync(token), 401, "unauthenticated");

    [Test]
    public async Task The_database_holds_no_token()
    {
        var somebody = await SomebodyAsync();
        var stored = await Database.ListAsync<string>("SELECT HEX(token_hash) FROM refresh_tokens");
        var own = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(somebody.RefreshToken)));
        Assert.That(stored, Does.Contain(own));
    }
}
