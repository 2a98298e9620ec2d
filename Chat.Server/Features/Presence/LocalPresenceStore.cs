namespace Chat.Server.Features.Presence;

/// <summary>Presence of a single node, in its memory. Leases run by the clock that never jumps.</summary>
internal sealed class LocalPresenceStore(PresenceOptions options, TimeProvider time) : IPresenceStore
{
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();

    /// <summary>By user: the connections, and when the lease of each runs out, counted from the start.</summary>
    private readonly Dictionary<long, Dictionary<string, TimeSpan>> _leases = [];

    public Task<IReadOnlyList<long>> TouchAsync(IReadOnlyCollection<PresenceLease> leases)
    {
        var now = Now;
        var appeared = new List<long>();
        lock (_gate)
        {
            foreach (var lease in leases)
            {
                if (!_leases.TryGetValue(lease.UserId, out var ofUser))
                {
                    _leases.Add(lease.UserId, ofUser = []);
                    appeared.Add(lease.UserId);
                }
                foreach (var (connectionId, expiry) in ofUser)
                    if (expiry <= now) ofUser.Remove(connectionId);
                ofUser[lease.ConnectionId] = now + options.LeaseTime;
            }
        }
        return Task.FromResult<IReadOnlyList<long>>(appeared);
    }

    public Task EndAsync(PresenceLease lease)
    {
        var now = Now;
        lock (_gate)
        {
            if (_leases.TryGetValue(lease.UserId, out var ofUser) && ofUser.TryGetValue(lease.ConnectionId, out var expiry) && expiry > now)
                ofUser[lease.ConnectionId] = now + options.Linger;
        }
        return Task.CompletedTask;
    }

    public Task<IReadOnlySet<long>> FindOnlineAsync(IReadOnlyCollection<long> userIds)
    {
        var now = Now;
        lock (_gate)
        {
            return Task.FromResult<IReadOnlySet<long>>(
                userIds.Where(id => _leases.TryGetValue(id, out var ofUser) && ofUser.Values.Any(expiry => expiry > now)).ToHashSet());
        }
    }

    public Task<IReadOnlyList<PresenceEnd>> SweepAsync()
    {
        var now = Now;
        var utcNow = time.GetUtcNow().UtcDateTime;
        var ends = new List<PresenceEnd>();
        lock (_gate)
        {
            foreach (var (userId, ofUser) in _leases)
            {
                var last = ofUser.Values.Max();
                if (last > now) continue;
                _leases.Remove(userId);
                ends.Add(new PresenceEnd(userId, utcNow - (now - last)));
            }
        }
        return Task.FromResult<IReadOnlyList<PresenceEnd>>(ends);
    }

    private TimeSpan Now => time.GetElapsedTime(_start);
}
