using Chat.Server.Tests.Cluster.Support;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster;

[TestFixture]
internal sealed class OverSentinels : RedisTopology
{
    private RedisSentinels? _redis;

    protected override async Task<string> StartRedisAsync() => (_redis = await RedisSentinels.StartAsync()).ConnectionString;

    protected override async ValueTask StopRedisAsync()
    {
        if (_redis is not null) await _redis.DisposeAsync();
    }

    [Test]
    public async Task After_a_fail_over_the_nodes_hear_each_other_over_the_new_primary()
    {
        await EverythingArrivesInOrderAsync();

        await EveryGapIsToldAsync(async () =>
        {
            await _redis!.Primary.KillAsync();
            await RedisSentinels.UntilPrimaryIsAsync(_redis.Replica);
        });

        await PresenceWorksAsync();
        await _redis!.Primary.StartAsync();
        await HearNewcomersAsync();
    }

    [Test]
    public async Task A_primary_that_was_only_frozen_comes_back_as_a_replica_and_divides_nobody()
    {
        await EveryGapIsToldAsync(async () =>
        {
            _redis!.Primary.Freeze();
            await RedisSentinels.UntilPrimaryIsAsync(_redis.Replica);
            _redis.Primary.Thaw();
            await RedisSentinels.UntilReplicaIsAsync(_redis.Primary);
        });

        await HearNewcomersAsync();
    }

    /// <summary>A node that asks only now who the primary is.</summary>
    private async Task HearNewcomersAsync()
    {
        await using var late = await TestNode.OverRedisAsync(ConnectionString, Options);
        await Hearing.BothWaysAsync(Here, late);
        await Hearing.BothWaysAsync(There, late);
    }
}
