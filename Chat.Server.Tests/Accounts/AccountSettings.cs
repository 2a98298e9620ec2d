using System.Net;
using Chat.Server.Features.Accounts;

namespace Chat.Server.Tests.Accounts;

internal sealed class AccountSettings
{
    [Test]
    public void The_defaults_are_fine() => Assert.That(AuthOptions.FindFault(new AuthOptions()), Is.Null);

    private static IEnumerable<TestCaseData> Faults()
    {
        yield return new(new AuthOptions { AccessTokenLifetime = TimeSpan.Zero }, "AccessTokenLifetime");
        yield return new(new AuthOptions { SessionLifetime = TimeSpan.FromMinutes(30) }, "SessionLifetime");
        yield return new(new AuthOptions { MaxSessionsPerUser = 0 }, "MaxSessionsPerUser");
        yield return new(new AuthOptions { PasswordIterations = 0 }, "PasswordIterations");
        yield return new(new AuthOptions { PasswordConcurrency = 0 }, "PasswordConcurrency");
        yield return new(new AuthOptions { PasswordQueueLimit = -1 }, "PasswordQueueLimit");
        yield return new(new AuthOptions { LoginFailuresPerAccount = 0 }, "LoginFailuresPerAccount");
        yield return new(new AuthOptions { LoginFailuresPerAddress = 0 }, "LoginFailuresPerAddress");
        yield return new(new AuthOptions { LoginFailureWindow = TimeSpan.Zero }, "LoginFailureWindow");
        yield return new(new AuthOptions { AuthCallsPerMinutePerAddress = 0 }, "AuthCallsPerMinutePerAddress");
        yield return new(new AuthOptions { LookupsPerMinutePerUser = 0 }, "LookupsPerMinutePerUser");
    }

    [TestCaseSource(nameof(Faults))]
    public void A_wrong_setting_is_named(AuthOptions options, string key) => Assert.That(AuthOptions.FindFault(options)?.Key, Is.EqualTo(key));

    [Test]
    public void A_wrong_network_is_named() => Assert.That(
        ProxyOptions.FindFault(new ProxyOptions { KnownNetworks = ["10.0.0.0/8", "10.0.0.300/8"] })?.Key, Is.EqualTo("KnownNetworks:1"));

    [TestCase("203.0.113.7", "203.0.113.7")]
    [TestCase("::ffff:203.0.113.7", "203.0.113.7")]
    [TestCase("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [TestCase("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [TestCase(null, "unknown")]
    public void Addresses_are_counted_by_customer(string? address, string expected) =>
        Assert.That(ClientAddress.Normalise(address is null ? null : IPAddress.Parse(address)), Is.EqualTo(expected));
}
