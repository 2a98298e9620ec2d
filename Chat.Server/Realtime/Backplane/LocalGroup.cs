namespace Chat.Server.Realtime.Backplane;

/// <summary>
/// A group's connections on this node. Sends read a snapshot. Most groups have few members here, and there may be several for each connection:
/// those are kept in the snapshot alone. In a larger one a set tells who is in it, and the snapshot is made anew only when somebody
/// joined or left since. Locked by itself: a lock of its own would be a good part of it.
/// </summary>
internal sealed class LocalGroup(string name)
{
    private const int Few = 16;

    private ClientConnection[]? _snapshot = [];
    private HashSet<ClientConnection>? _many;
    private bool _removed;

    public string Name => name;

    public ReadOnlySpan<ClientConnection> Members
    {
        get
        {
            if (Volatile.Read(ref _snapshot) is { } known) return known;
            lock (this) return _snapshot ??= [.. _many!];
        }
    }

    public bool Has(ClientConnection connection)
    {
        lock (this) return HasWithin(connection);
    }

    /// <param name="added">False also when it was in the group already.</param>
    /// <returns>False when the group was given up in the meantime.</returns>
    public bool TryAdd(ClientConnection connection, out bool added)
    {
        lock (this)
        {
            added = !_removed && !HasWithin(connection);
            if (!added) return !_removed;
            if (_many is null && _snapshot!.Length < Few)
            {
                _snapshot = [.. _snapshot, connection];
                return true;
            }
            _many ??= [.. _snapshot!];
            _many.Add(connection);
            _snapshot = null;
            return true;
        }
    }

    /// <returns>True when nobody is left, and the group is to be given up.</returns>
    public bool Remove(ClientConnection connection)
    {
        lock (this)
        {
            if (_many is null) RemoveFromFew(connection);
            else if (_many.Remove(connection)) _snapshot = null;
            return _removed = (_many?.Count ?? _snapshot!.Length) == 0;
        }
    }

    private void RemoveFromFew(ClientConnection connection)
    {
        var at = Array.IndexOf(_snapshot!, connection);
        if (at >= 0) _snapshot = [.. _snapshot.AsSpan(0, at), .. _snapshot.AsSpan(at + 1)];
    }

    private bool HasWithin(ClientConnection connection) => _many?.Contains(connection) ?? Array.IndexOf(_snapshot!, connection) >= 0;
}
