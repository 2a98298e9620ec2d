using Chat.Server.Features.Presence;
using StackExchange.Redis;

namespace Chat.Server.Realtime.Redis;

/// <summary>
/// Presence of all nodes, in Redis. Each user has a sorted set of leases by expiry (the connections), and stands in one sorted set of all
/// users who are online, by the expiry of the last lease. Every step is one script over keys of one slot, so it is atomic also in a
/// Redis Cluster; and every time is Redis' own, so the nodes' clocks do not matter.
/// </summary>
internal sealed class RedisPresenceStore(RedisConnection redis, RedisNames names, PresenceOptions options) : IPresenceStore
{
    /// <summary>Users reported by one sweep; the rest by the next.</summary>
    private const int MaxSwept = 1000;

    private const string Now = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local revision = time[1] * 1000000 + time[2]
        """;

    // KEYS: online, then a lease set per lease. ARGV: life in ms, then user and connection per lease.
    private const string TouchScript = Now + """

        local life = tonumber(ARGV[1])
        local appeared = {revision}
        for i = 2, #KEYS do
          local user, connection = ARGV[i * 2 - 2], ARGV[i * 2 - 1]
          if not redis.call('ZSCORE', KEYS[1], user) then table.insert(appeared, user) end
          redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
          redis.call('ZADD', KEYS[i], now + life, connection)
          redis.call('PEXPIRE', KEYS[i], life * 2)
          redis.call('ZADD', KEYS[1], now + life, user)
        end
        return appeared
        """;

    public async Task<PresentUsers> TouchAsync(IReadOnlyCollection<PresenceLease> leases)
    {
        if (leases.Count == 0) return new PresentUsers([], 0);
        RedisKey[] keys = [names.OnlineUsers, .. leases.Select(lease => names.PresenceLeases(lease.UserId))];
        RedisValue[] values = [(long)options.LeaseTime.TotalMilliseconds, .. leases.SelectMany(lease => new RedisValue[] { lease.UserId, lease.ConnectionId })];
        return Users(await EvaluateAsync(TouchScript, keys, values));
    }

    // KEYS: online, the user's leases. ARGV: linger in ms, user, connection.
    private const string EndScript = Now + """

        local expiry = redis.call('ZSCORE', KEYS[2], ARGV[3])
        if not expiry or tonumber(expiry) <= now then return 0 end
        redis.call('ZADD', KEYS[2], now + tonumber(ARGV[1]), ARGV[3])
        local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
        redis.call('ZADD', KEYS[1], last[2], ARGV[2])
        return 1
        """;

    public Task EndAsync(PresenceLease lease) => EvaluateAsync(
        EndScript,
        [names.OnlineUsers, names.PresenceLeases(lease.UserId)],
        [(long)options.Linger.TotalMilliseconds, lease.UserId, lease.ConnectionId]);

    // KEYS: online. ARGV: users.
    private const string FindScript = Now + """

        local online = {revision}
        for _, user in ipairs(ARGV) do
          local expiry = redis.call('ZSCORE', KEYS[1], user)
          if expiry and tonumber(expiry) > now then table.insert(online, user) end
        end
        return online
        """;

    public async Task<PresentUsers> FindOnlineAsync(IReadOnlyCollection<long> userIds) =>
        userIds.Count == 0
            ? new PresentUsers([], 0)
            : Users(await EvaluateAsync(FindScript, [names.OnlineUsers], [.. userIds.Select(id => (RedisValue)id)]));

    // KEYS: online. ARGV: how many at most. Whoever removes a user reports it: one node.
    private const string SweepScript = Now + """

        local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[1]))
        for i = 1, #gone, 2 do redis.call('ZREM', KEYS[1], gone[i]) end
        table.insert(gone, 1, revision)
        return gone
        """;

    public async Task<IReadOnlyList<PresenceEnd>> SweepAsync()
    {
        var answer = (RedisValue[])(await EvaluateAsync(SweepScript, [names.OnlineUsers], [MaxSwept]))!;
        return [.. answer.Skip(1).Chunk(2).Select(pair =>
            new PresenceEnd((long)pair[0], DateTimeOffset.FromUnixTimeMilliseconds((long)pair[1]).UtcDateTime, (long)answer[0]))];
    }

    private async Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values)
    {
        try
        {
            var database = redis.Database ?? throw new PresenceUnavailableException(null);
            return await database.ScriptEvaluateAsync(script, keys, values);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw new PresenceUnavailableException(exception);
        }
    }

    /// <summary>The revision, then users.</summary>
    private static PresentUsers Users(RedisResult result)
    {
        var answer = (RedisValue[])result!;
        return new PresentUsers([.. answer.Skip(1).Select(user => (long)user)], (long)answer[0]);
    }
}
