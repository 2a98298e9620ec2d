using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster;

[TestFixture]
internal sealed class ADeadConnection
{
    [Test]
    public async Task A_subscription_that_dies_without_a_word_is_made_again()
    {
        var options = new RedisOptions { KeyPrefix = TestRedis.NewPrefix(), Heartbeat = TimeSpan.FromSeconds(0.3) };
        await using var proxy = new RedisProxy(TestRedis.Shared);
        await using var here = await TestNode.OverRedisAsync(TestRedis.Shared, options);
        await using var there = await TestNode.OverRedisAsync(proxy.ConnectionString, options);
        await Hearing.BothWaysAsync(here, there);
        var losses = Hearing.LossesOf(there.Channels!.Push);

        proxy.DeafenSubscriptions();
        here.Channels!.Push.Send(PushEntry.Command(PushKind.Applied, 0).Entry);

        // Soon, although the connection itself is given up only when it has been silent for four times as long as a command may take.
        await Deadline.UntilAsync(() => !there.Channels!.IsHealthy, "it is noticed", options.Heartbeat * 3 + TimeSpan.FromSeconds(3));
        await Hearing.BothWaysAsync(here, there);
        await losses.WaitForCountAsync(1);
    }
}
