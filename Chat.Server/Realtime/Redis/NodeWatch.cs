using System.Collections.Concurrent;

namespace Chat.Server.Realtime.Redis;

/// <summary>Follows the numbers of the other nodes on one channel: who lives, and whether something never came.</summary>
internal sealed class NodeWatch(TimeProvider time, TimeSpan goneAfter)
{
    // A node that was cut off for a while counts on; one that has ended does not come back under its old id.
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ulong, Seen> _nodes = new();

    /// <summary>The other nodes that were heard of lately.</summary>
    public IReadOnlyList<ulong> Live
    {
        get
        {
            var now = time.GetTimestamp();
            return [.. _nodes.Where(node => time.GetElapsedTime(node.Value.At, now) < goneAfter).Select(node => node.Key)];
        }
    }

    /// <summary>Takes note of entries <paramref name="first"/>, … of a node. Called by one thread at a time.</summary>
    public Arrival Saw(ulong node, long first, int count)
    {
        var now = time.GetTimestamp();
        if (!_nodes.TryGetValue(node, out var seen))
        {
            Forget(now);
            seen = new Seen(first, now);
        }
        _nodes[node] = new Seen(Math.Max(seen.Next, first + count), now);
        return new Arrival(Math.Max(0, first - seen.Next), (int)Math.Clamp(seen.Next - first, 0, count));
    }

    /// <summary>A node has ended in order: it has told everything, and will not be missed.</summary>
    public void Ended(ulong node) => _nodes.TryRemove(node, out _);

    /// <summary>
    /// Nodes that have fallen silent without having ended in order, each once: what they had stored and not told yet, nobody will hear.
    /// </summary>
    /// <param name="hearingSince">Since when this node hears; what it could not hear before is nobody's silence.</param>
    public int TakeSilenced(long hearingSince)
    {
        var now = time.GetTimestamp();
        var silenced = 0;
        foreach (var (node, seen) in _nodes)
        {
            if (seen.Silenced || time.GetElapsedTime(Math.Max(seen.At, hearingSince), now) < goneAfter) continue;
            // Unless it speaks up at this moment.
            if (_nodes.TryUpdate(node, seen with { Silenced = true }, seen)) silenced++;
        }
        return silenced;
    }

    private void Forget(long now)
    {
        foreach (var (node, seen) in _nodes)
            if (time.GetElapsedTime(seen.At, now) > ForgetAfter) _nodes.TryRemove(node, out _);
    }

    private readonly record struct Seen(long Next, long At, bool Silenced = false);
}

/// <param name="Missed">How many entries before these never came.</param>
/// <param name="Repeated">
/// How many of these, from the first on, came before, or are late and count as missed already: a subscription that moves from one server of
/// a Redis Cluster to another may stand on both for a moment.
/// </param>
internal readonly record struct Arrival(long Missed, int Repeated);
