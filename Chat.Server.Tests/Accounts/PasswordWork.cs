using Chat.Data.Accounts;
using Chat.Server.Errors;
using Chat.Server.Features.Accounts;
using Microsoft.AspNetCore.Identity;
using Moq;

namespace Chat.Server.Tests.Accounts;

internal sealed class PasswordWork
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Test]
    public async Task Only_so_many_hash_at_once_so_many_wait_and_the_rest_is_turned_away()
    {
        using var release = new ManualResetEventSlim();
        var (running, most) = (0, 0);
        var hasher = new Mock<IPasswordHasher<CredentialsRow>>();
        hasher.Setup(h => h.HashPassword(It.IsAny<CredentialsRow>(), It.IsAny<string>())).Returns(() =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            release.Wait(Deadline);
            Interlocked.Decrement(ref running);
            return "hash";
        });
        using var passwords = new Passwords(hasher.Object, new AuthOptions { PasswordConcurrency = 2, PasswordQueueLimit = 3 });

        var accepted = Enumerable.Range(0, 5).Select(_ => passwords.HashAsync("x", CancellationToken.None)).ToList();
        var refused = Assert.ThrowsAsync<ChatException>(() => passwords.HashAsync("x", CancellationToken.None));
        Assert.That(refused!.Code, Is.EqualTo(ErrorCodes.Unavailable));

        release.Set();
        await Task.WhenAll(accepted).WaitAsync(Deadline);
        Assert.That(most, Is.InRange(1, 2));
        Assert.That(await passwords.HashAsync("x", CancellationToken.None), Is.EqualTo("hash"), "there is room again");
    }

    [Test]
    public async Task Who_gives_up_waiting_makes_room()
    {
        using var release = new ManualResetEventSlim();
        var hasher = new Mock<IPasswordHasher<CredentialsRow>>();
        hasher.Setup(h => h.HashPassword(It.IsAny<CredentialsRow>(), It.IsAny<string>())).Returns(() =>
        {
            release.Wait(Deadline);
            return "hash";
        });
        using var passwords = new Passwords(hasher.Object, new AuthOptions { PasswordConcurrency = 1, PasswordQueueLimit = 1 });
        var first = passwords.HashAsync("x", CancellationToken.None);
        using (var impatience = new CancellationTokenSource())
        {
            var second = passwords.HashAsync("x", impatience.Token);
            await impatience.CancelAsync();
            Assert.That(async () => await second, Throws.InstanceOf<OperationCanceledException>());
        }
        var third = passwords.HashAsync("x", CancellationToken.None);
        release.Set();
        Assert.That(await Task.WhenAll(first, third).WaitAsync(Deadline), Is.All.EqualTo("hash"));
    }

    [Test]
    public async Task Nobodys_password_never_matches_not_even_the_dummys()
    {
        var hasher = new Mock<IPasswordHasher<CredentialsRow>>();
        hasher.Setup(h => h.HashPassword(It.IsAny<CredentialsRow>(), It.IsAny<string>())).Returns("dummy");
        hasher.Setup(h => h.VerifyHashedPassword(It.IsAny<CredentialsRow>(), "dummy", "guessed")).Returns(PasswordVerificationResult.Success);
        using var passwords = new Passwords(hasher.Object, new AuthOptions());
        Assert.That((await passwords.VerifyAsync(null, "guessed", CancellationToken.None)).Matches, Is.False);
        hasher.Verify(h => h.VerifyHashedPassword(It.IsAny<CredentialsRow>(), "dummy", "guessed"), Times.Once);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is var found && found != seen)
            seen = found;
    }
}
