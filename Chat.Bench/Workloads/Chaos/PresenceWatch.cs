using Chat.Bench.Client;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>What a client is told of those whom it watches, by the rules of docs/protocol.md: it asks again with each connection and each resync.</summary>
internal sealed class PresenceWatch(ClientLink link, IReadOnlyList<long> userIds)
{
    private readonly Dictionary<long, bool> _online = [];

    /// <summary>Set while a call is under way: of whom something was pushed since it began.</summary>
    private HashSet<long>? _pushed;
    private bool _wanted;

    /// <summary>Null: not told.</summary>
    public bool? Shows(long userId)
    {
        lock (link.Gate) return _online.TryGetValue(userId, out var online) ? online : null;
    }

    public void Pushed(PresenceView presence)
    {
        lock (link.Gate)
        {
            _online[presence.UserId] = presence.Online;
            _pushed?.Add(presence.UserId);
        }
    }

    /// <summary>Asks for everybody over the present connection; once more when it was asked to meanwhile.</summary>
    public void Ask()
    {
        lock (link.Gate)
        {
            if (userIds.Count == 0 || link.Caller is not { } caller) return;
            _wanted = true;
            if (_pushed is not null) return;
            _pushed = [];
            link.Track(AskAsync(caller));
        }
    }

    private async Task AskAsync(HubCaller caller)
    {
        await Task.Yield(); // not under the gate
        try
        {
            while (TakeWish()) await AskOnceAsync(caller);
        }
        catch (HubClosedException)
        {
            // The next connection asks again.
            lock (link.Gate) _pushed = null;
        }
    }

    private bool TakeWish()
    {
        lock (link.Gate)
        {
            var wanted = _wanted;
            _wanted = false;
            _pushed!.Clear();
            if (wanted && !link.Stopping.IsCancellationRequested) return true;
            _pushed = null;
            return false;
        }
    }

    private async Task AskOnceAsync(HubCaller caller)
    {
        try
        {
            var result = await caller.InvokeAsync<WatchPresenceResult>(
                nameof(ChatHub.WatchPresence), new WatchPresenceRequest(userIds), CancellationToken.None);
            lock (link.Gate)
            {
                // What was pushed while the answer was on its way is newer than the answer.
                foreach (var presence in result.Presences)
                    if (!_pushed!.Contains(presence.UserId)) _online[presence.UserId] = presence.Online;
            }
        }
        catch (HubCallException error)
        {
            link.CountError(error, nameof(ChatHub.WatchPresence));
            await link.RetryDelayAsync();
            lock (link.Gate) _wanted = true;
        }
    }
}
