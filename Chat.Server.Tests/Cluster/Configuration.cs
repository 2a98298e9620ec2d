using Chat.Server.Hosting;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Cluster;

[TestFixture]
public sealed class Configuration
{
    [TestCase("Redis:Backplane", "carrier-pigeon", "Redis:Backplane")]
    [TestCase("Redis:Heartbeat", "00:00:00", "Redis:Heartbeat")]
    [TestCase("ConnectionStrings:Redis", ",,,", "ConnectionStrings:Redis")]
    public void A_bad_setting_is_refused_at_the_start_by_its_path(string path, string value, string named)
    {
        var server = new ChatServerFactory("Server=127.0.0.1;Database=none", new() { ["ConnectionStrings:Redis"] = "127.0.0.1:1", [path] = value });
        var exception = Assert.Catch(() => _ = server.Address);
        Assert.That(exception, Is.InstanceOf<ConfigurationException>());
        Assert.That(exception!.Message, Does.StartWith(named));
    }

    [Test]
    public void Microsofts_backplane_is_there_or_is_refused_by_the_path_of_the_setting()
    {
        Action choose = () => new ServiceCollection().AddSignalR().AddMicrosoftBackplane("127.0.0.1:1", new RedisNames(new RedisOptions()));
        Assert.That(
            choose,
            RedisPackages.HasMicrosoftBackplane
                ? Throws.Nothing
                : Throws.InstanceOf<ConfigurationException>().With.Message.StartsWith("Redis:Backplane"));
    }

    [Test]
    public void Sentinels_are_followed_or_are_refused_by_the_path_of_the_setting()
    {
        Action parse = () => RedisConnection.Parse("127.0.0.1:1,serviceName=chat");
        Assert.That(
            parse,
            RedisPackages.FollowsSentinels
                ? Throws.Nothing
                : Throws.InstanceOf<ConfigurationException>().With.Message.StartsWith("ConnectionStrings:Redis"));
    }
}
