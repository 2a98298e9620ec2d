using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster;

[TestFixture]
internal sealed class OverAPrimaryAndItsReplica : RedisTopology
{
    private RedisProcess? _primary;
    private RedisProcess? _replica;

    protected override async Task<string> StartRedisAsync()
    {
        _primary = await RedisProcess.StartServerAsync("");
        _replica = await RedisProcess.StartServerAsync($"replicaof 127.0.0.1 {_primary.Port}");
        return $"{_primary.Address},{_replica.Address}";
    }

    protected override async ValueTask StopRedisAsync()
    {
        if (_replica is not null) await _replica.DisposeAsync();
        if (_primary is not null) await _primary.DisposeAsync();
    }

    /// <summary>What is published at a replica stays there, and a node that publishes and listens there hears itself and nobody else.</summary>
    [Test]
    public async Task A_node_that_loses_the_primary_alone_does_not_turn_to_the_replica()
    {
        await using var proxy = new RedisProxy(_primary!.Address);
        await using var elsewhere = await TestNode.OverRedisAsync($"{proxy.ConnectionString},{_replica!.Address}", Options);
        await Hearing.BothWaysAsync(Here, elsewhere);

        proxy.Cut();
        await Deadline.UntilAsync(() => !elsewhere.Channels!.IsHealthy, "it knows that it is cut off");
        // Long enough to look for another server.
        await Task.Delay(Options.Heartbeat * 5);
        Assert.That(elsewhere.Channels!.IsHealthy, Is.False);
        proxy.Mend();

        await Hearing.BothWaysAsync(Here, elsewhere);
    }

    [Test]
    public Task Pushes_and_news_arrive_in_order_and_nothing_is_taken_for_lost() => EverythingArrivesInOrderAsync();
}
