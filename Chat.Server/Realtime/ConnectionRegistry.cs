using System.Collections.Concurrent;
using Chat.Server.Hubs.Filters;

namespace Chat.Server.Realtime;

/// <summary>A connection of this node.</summary>
/// <param name="Abort">Closes it.</param>
public sealed record LocalConnection(string ConnectionId, long UserId, long SessionId, Action Abort);

/// <summary>The connections of this node by user.</summary>
public sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<long, UserConnections> _users = new();

    public int Count => _users.Values.Sum(user => user.Connections.Length);

    public int UserCount => _users.Count;

    public void Add(LocalConnection connection)
    {
        while (true)
        {
            var user = _users.GetOrAdd(connection.UserId, _ => new UserConnections());
            lock (user)
            {
                if (user.Removed) continue;
                user.Connections = [.. user.Connections, connection];
                return;
            }
        }
    }

    public void Remove(long userId, string connectionId)
    {
        if (!_users.TryGetValue(userId, out var user)) return;
        lock (user)
        {
            user.Connections = [.. user.Connections.Where(c => c.ConnectionId != connectionId)];
            if (user.Connections.Length > 0) return;
            user.Removed = true;
            _users.TryRemove(userId, out _);
        }
    }

    public IReadOnlyList<LocalConnection> All() => [.. _users.Values.SelectMany(user => user.Connections)];

    public IReadOnlyList<LocalConnection> Of(long userId) =>
        _users.TryGetValue(userId, out var user) ? user.Connections : [];

    /// <summary>
    /// Counts changes of the groups that a user is in. A connection that is being set up compares it before and after it
    /// has joined its groups, so that a change in between is not lost.
    /// </summary>
    public int MembershipVersion(long userId) => _users.TryGetValue(userId, out var user) ? user.MembershipVersion : 0;

    public void MembershipChanged(long userId)
    {
        if (_users.TryGetValue(userId, out var user)) Interlocked.Increment(ref user.MembershipVersion);
    }

    /// <summary>The user's rate limits on this node; they live as long as the user has a connection here.</summary>
    public UserRateLimits RateLimitsOf(long userId, Func<UserRateLimits> create)
    {
        if (!_users.TryGetValue(userId, out var user)) return create();
        return user.RateLimits ?? Interlocked.CompareExchange(ref user.RateLimits, create(), null) ?? user.RateLimits!;
    }

    private sealed class UserConnections
    {
        public volatile LocalConnection[] Connections = [];
        public int MembershipVersion;
        public UserRateLimits? RateLimits;
        public bool Removed;
    }
}
