using System.Collections.Concurrent;
using System.Text;

namespace Chat.Server.Realtime.Backplane;

/// <summary>The groups that connections of this node are in. An empty one is not kept.</summary>
internal sealed class LocalGroups
{
    private readonly ConcurrentDictionary<string, LocalGroup> _groups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LocalGroup>.AlternateLookup<ReadOnlySpan<char>> _byName;

    public LocalGroups() => _byName = _groups.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Count => _groups.Count;

    public LocalGroup? Find(string name) => _groups.GetValueOrDefault(name);

    /// <summary>Whether somebody is in a group, without a string of its name: most of what other nodes push is for nobody here.</summary>
    /// <param name="name">UTF-8.</param>
    public bool Has(ReadOnlySpan<byte> name)
    {
        Span<char> characters = stackalloc char[256];
        // No more characters than bytes.
        if (name.Length > characters.Length) return Find(Encoding.UTF8.GetString(name)) is not null;
        return _byName.ContainsKey(characters[..Encoding.UTF8.GetChars(name, characters)]);
    }

    public static IReadOnlyList<string> Of(ClientConnection connection)
    {
        lock (connection) return connection.Groups is { } groups ? [.. groups.Select(group => group.Name)] : [];
    }

    public bool Contains(string name, ClientConnection connection)
    {
        if (!_groups.TryGetValue(name, out var group)) return false;
        return group.Has(connection);
    }

    public void Add(ClientConnection connection, string name)
    {
        // One change of a connection's groups at a time, so that none is joined after it has gone.
        lock (connection)
        {
            if (connection.Groups is null) return;
            while (true)
            {
                var group = _groups.GetOrAdd(name, key => new LocalGroup(key));
                if (!group.TryAdd(connection, out var added)) continue;
                if (added) Append(connection.Groups, group);
                return;
            }
        }
    }

    public void Remove(ClientConnection connection, string name)
    {
        lock (connection)
        {
            if (_groups.TryGetValue(name, out var group) && connection.Groups?.Remove(group) == true) Leave(connection, group);
        }
    }

    public void RemoveFromAll(ClientConnection connection)
    {
        lock (connection)
        {
            if (connection.Groups is not { } groups) return;
            connection.Groups = null;
            foreach (var group in groups) Leave(connection, group);
        }
    }

    /// <summary>Grows the list by little: there is one for each connection, it is filled once, and doubling would leave a third of it empty.</summary>
    private static void Append(List<LocalGroup> groups, LocalGroup group)
    {
        if (groups.Count == groups.Capacity) groups.Capacity += Math.Max(4, groups.Count / 8);
        groups.Add(group);
    }

    private void Leave(ClientConnection connection, LocalGroup group)
    {
        if (group.Remove(connection)) _groups.TryRemove(KeyValuePair.Create(group.Name, group));
    }
}
