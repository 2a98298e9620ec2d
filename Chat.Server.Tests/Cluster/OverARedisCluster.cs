using System.Net;
using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster;

[TestFixture]
internal sealed class OverARedisCluster : RedisTopology
{
    private RedisCluster? _cluster;

    protected override async Task<string> StartRedisAsync() => (_cluster = await RedisCluster.StartAsync()).ConnectionString;

    protected override async ValueTask StopRedisAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Test]
    public Task Pushes_and_news_arrive_in_order_and_nothing_is_taken_for_lost() => EverythingArrivesInOrderAsync();

    [Test]
    public Task Presence_keeps_to_one_slot() => PresenceWorksAsync();

    [Test]
    public async Task The_server_that_carries_a_subscription_dies_and_comes_back()
    {
        var endpoint = (IPEndPoint)There.Subscriber!.SubscribedEndpoint(new RedisNames(Options).PushChannel)!;
        var server = _cluster!.Nodes.Single(node => node.Port == endpoint.Port);

        await EveryGapIsToldAsync(server.KillAsync);

        await server.StartAsync();
        await _cluster.UntilCompleteAsync();
        await Hearing.BothWaysAsync(Here, There);
    }
}
