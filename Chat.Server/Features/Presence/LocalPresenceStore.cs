namespace Chat.Server.Features.Presence;

/// <summary>Presence of a single node, in its memory. Leases run by the clock that never jumps.</summary>
internal sealed class LocalPresenceStore(PresenceOptions options, TimeProvider time) : IPresenceStore
{
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();

    /// <summary>By user: the leases, one per connection. Few people have more than two, so they are an array.</summary>
    private readonly Dictionary<long, Lease[]> _leases = [];
    private long _revision;

    public Task<PresentUsers> TouchAsync(IReadOnlyCollection<PresenceLease> leases)
    {
        var now = Now;
        var appeared = new List<long>();
        lock (_gate)
        {
            foreach (var (userId, connectionId) in leases)
            {
                var known = _leases.GetValueOrDefault(userId);
                if (known is null) appeared.Add(userId);
                _leases[userId] = WithLease(known ?? [], connectionId, now);
            }
            return Task.FromResult(new PresentUsers(appeared, NextRevision()));
        }
    }

    public Task EndAsync(PresenceLease lease)
    {
        var now = Now;
        lock (_gate)
        {
            if (!_leases.TryGetValue(lease.UserId, out var ofUser)) return Task.CompletedTask;
            var at = Array.FindIndex(ofUser, known => known.ConnectionId == lease.ConnectionId);
            if (at >= 0 && ofUser[at].Expiry > now) ofUser[at] = ofUser[at] with { Expiry = now + options.Linger };
        }
        return Task.CompletedTask;
    }

    public Task<PresentUsers> FindOnlineAsync(IReadOnlyCollection<long> userIds)
    {
        var now = Now;
        lock (_gate)
        {
            List<long> online = [.. userIds.Where(id => _leases.TryGetValue(id, out var ofUser) && Last(ofUser) > now)];
            return Task.FromResult(new PresentUsers(online, NextRevision()));
        }
    }

    public Task<IReadOnlyList<PresenceEnd>> SweepAsync()
    {
        var now = Now;
        var utcNow = time.GetUtcNow().UtcDateTime;
        var ends = new List<PresenceEnd>();
        lock (_gate)
        {
            var revision = NextRevision();
            foreach (var (userId, ofUser) in _leases)
            {
                var last = Last(ofUser);
                if (last > now) continue;
                _leases.Remove(userId);
                ends.Add(new PresenceEnd(userId, utcNow - (now - last), revision));
            }
        }
        return Task.FromResult<IReadOnlyList<PresenceEnd>>(ends);
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>The lease taken or renewed; those that have run out are dropped.</summary>
    private Lease[] WithLease(Lease[] known, string connectionId, TimeSpan now)
    {
        var renewed = new Lease(connectionId, now + options.LeaseTime);
        if (known is [var only] && only.ConnectionId == connectionId)
        {
            known[0] = renewed;
            return known;
        }
        return [.. known.Where(lease => lease.Expiry > now && lease.ConnectionId != connectionId), renewed];
    }

    private static TimeSpan Last(Lease[] ofUser)
    {
        var last = ofUser[0].Expiry;
        foreach (var lease in ofUser)
            if (lease.Expiry > last) last = lease.Expiry;
        return last;
    }

    private long NextRevision() =>
        _revision = Math.Max(_revision + 1, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <param name="Expiry">Counted from the start.</param>
    private readonly record struct Lease(string ConnectionId, TimeSpan Expiry);
}
