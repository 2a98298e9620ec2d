using Chat.Server.Features.Presence;
using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Presence;

[TestFixture]
public sealed class TheRedisPresenceStore : PresenceStoreContract
{
    private readonly RedisConnection _redis = new(TestRedis.Shared, NullLogger<RedisConnection>.Instance);
    private readonly RedisNames _names = new(new RedisOptions { KeyPrefix = TestRedis.NewPrefix() });
    private RedisPresenceStore? _store;

    protected override IPresenceStore Store => _store!;

    [OneTimeSetUp]
    public async Task Connect()
    {
        await _redis.ConnectAsync();
        _store = new RedisPresenceStore(_redis, _names, Options);
    }

    [OneTimeTearDown]
    public async Task Disconnect() => await _redis.DisposeAsync();

    [Test]
    public async Task Two_nodes_see_the_same_and_only_one_reports_the_end()
    {
        await using var otherRedis = new RedisConnection(TestRedis.Shared, NullLogger<RedisConnection>.Instance);
        await otherRedis.ConnectAsync();
        var other = new RedisPresenceStore(otherRedis, _names, Options);
        var users = Enumerable.Range(0, 50).Select(_ => Random.Shared.NextInt64(1, 1L << 50)).ToList();

        Assert.That((await Store.TouchAsync([.. users.Select(id => new PresenceLease(id, $"{id}-a"))])).UserIds, Is.EquivalentTo(users));
        Assert.That((await other.TouchAsync([.. users.Select(id => new PresenceLease(id, $"{id}-b"))])).UserIds, Is.Empty);
        Assert.That((await other.FindOnlineAsync(users)).UserIds, Is.EquivalentTo(users));

        var swept = new List<long>();
        await Deadline.UntilAsync(async () =>
        {
            var both = await Task.WhenAll(Store.SweepAsync(), other.SweepAsync());
            swept.AddRange(both.SelectMany(ends => ends).Select(end => end.UserId).Where(users.Contains));
            return swept.Count >= users.Count;
        }, "all are swept");
        Assert.That(swept.Order(), Is.EqualTo(users.Order()), "each once");
    }
}
