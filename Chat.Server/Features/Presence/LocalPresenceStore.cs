namespace Chat.Server.Features.Presence;

/// <summary>Presence of a single node, in its memory.</summary>
internal sealed class LocalPresenceStore(PresenceOptions options, TimeProvider time) : IPresenceStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Dictionary<string, DateTimeOffset>> _leases = [];

    public Task<IReadOnlyList<long>> TouchAsync(IReadOnlyCollection<PresenceLease> leases)
    {
        var expiry = time.GetUtcNow() + options.LeaseTime;
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
                ofUser[lease.ConnectionId] = expiry;
            }
        }
        return Task.FromResult<IReadOnlyList<long>>(appeared);
    }

    public Task EndAsync(PresenceLease lease)
    {
        lock (_gate)
        {
            if (_leases.TryGetValue(lease.UserId, out var ofUser) && ofUser.ContainsKey(lease.ConnectionId))
                ofUser[lease.ConnectionId] = time.GetUtcNow() + options.Linger;
        }
        return Task.CompletedTask;
    }

    public Task<IReadOnlySet<long>> FindOnlineAsync(IReadOnlyCollection<long> userIds)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            return Task.FromResult<IReadOnlySet<long>>(
                userIds.Where(id => _leases.TryGetValue(id, out var ofUser) && ofUser.Values.Any(expiry => expiry > now)).ToHashSet());
        }
    }

    public Task<IReadOnlyList<long>> SweepAsync()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var gone = _leases.Where(user => user.Value.Values.All(expiry => expiry <= now)).Select(user => user.Key).ToList();
            foreach (var userId in gone) _leases.Remove(userId);
            return Task.FromResult<IReadOnlyList<long>>(gone);
        }
    }
}
