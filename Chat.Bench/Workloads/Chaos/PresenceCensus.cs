using System.Diagnostics;
using Chat.Bench.Checker;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// Watches what clients are shown of each other once nobody comes or goes any more. They are connected to all nodes, and so are those
/// whom they watch.
/// </summary>
internal sealed class PresenceCensus(IReadOnlyList<ResilientClient> clients, long since, TimeSpan limit)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns as soon as all is right, at the latest when the limit has passed.</summary>
    public async Task<PresenceRecord> TakeAsync(CancellationToken cancellationToken)
    {
        var byId = clients.ToDictionary(client => client.User.User.UserId);
        var watches = clients.Where(client => client.IsConnected)
            .SelectMany(watcher => watcher.User.Contacts.Select(contact => new Watch(watcher, byId[contact])))
            .ToList();
        // What is right when we come to look has been right in time, even if we come late.
        var elapsed = TimeSpan.FromTicks(Math.Min(Stopwatch.GetElapsedTime(since).Ticks, limit.Ticks));
        while (true)
        {
            foreach (var watch in watches) watch.Look(elapsed);
            if (elapsed > limit || watches.TrueForAll(watch => watch.IsRight))
                return new PresenceRecord(limit, [.. watches.Select(watch => watch.ToSeen())]);
            await Task.Delay(Step, cancellationToken);
            elapsed = Stopwatch.GetElapsedTime(since);
        }
    }

    private sealed class Watch(ResilientClient watcher, ResilientClient watched)
    {
        private TimeSpan? _rightAfter;

        public bool IsRight => _rightAfter is not null;

        private bool? Shown => watcher.ShowsOnline(watched.User.User.UserId);

        public void Look(TimeSpan elapsed)
        {
            if (Shown == watched.IsConnected) _rightAfter ??= elapsed;
            else _rightAfter = null;
        }

        public SeenPresence ToSeen() => new(watcher.Name, watched.User.User.UserId, watched.IsConnected, Shown, _rightAfter);
    }
}
