using System.Collections.Concurrent;

namespace Chat.Server.Realtime;

/// <summary>A connection of this node.</summary>
/// <param name="Abort">Closes it.</param>
public sealed record LocalConnection(string ConnectionId, long UserId, long SessionId, Action Abort)
{
    private volatile bool _isSetUp;

    /// <summary>Whether it is subscribed to everything of its user, as far as this node knows.</summary>
    public bool IsSetUp => _isSetUp;

    public void SetUp() => _isSetUp = true;
}

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

    /// <summary>Those who have a connection.</summary>
    public IReadOnlyList<long> Users() => [.. _users.Select(user => user.Key)];

    public bool Contains(LocalConnection connection) =>
        _users.TryGetValue(connection.UserId, out var user) && Array.IndexOf(user.Connections, connection) >= 0;

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

    private sealed class UserConnections
    {
        public volatile LocalConnection[] Connections = [];
        public int MembershipVersion;
        public bool Removed;
    }
}
