using Chat.Bench.Client;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>What a client is told of those whom it watches, by the rules of docs/protocol.md: it asks again with each connection and each resync.</summary>
internal sealed class PresenceWatch(ClientLink link, IReadOnlyList<long> userIds)
{
    private readonly Dictionary<long, PresenceView> _known = [];
    private bool _asking;
    private bool _wanted;

    /// <summary>Null: not told.</summary>
    public bool? Shows(long userId)
    {
        lock (link.Gate) return _known.GetValueOrDefault(userId)?.Online;
    }

    public void Pushed(PresenceView presence)
    {
        lock (link.Gate)
        {
            if (_known.TryGetValue(presence.UserId, out var known) && known.Revision > presence.Revision) return;
            _known[presence.UserId] = presence;
        }
    }

    /// <summary>Asks for everybody over the present connection; once more when it was asked to meanwhile.</summary>
    public void Ask()
    {
        lock (link.Gate)
        {
            if (userIds.Count == 0 || link.Caller is not { } caller) return;
            _wanted = true;
            if (_asking) return;
            _asking = true;
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
            lock (link.Gate) _asking = false;
        }
    }

    private bool TakeWish()
    {
        lock (link.Gate)
        {
            var wanted = _wanted;
            _wanted = false;
            if (wanted && !link.Stopping.IsCancellationRequested) return true;
            _asking = false;
            return false;
        }
    }

    private async Task AskOnceAsync(HubCaller caller)
    {
        try
        {
            var result = await caller.InvokeAsync<WatchPresenceResult>(
                nameof(ChatHub.WatchPresence), new WatchPresenceRequest(userIds), CancellationToken.None);
            foreach (var presence in result.Presences) Pushed(presence);
        }
        catch (HubCallException error)
        {
            link.CountError(error, nameof(ChatHub.WatchPresence));
            await link.RetryDelayAsync();
            lock (link.Gate) _wanted = true;
        }
    }
}
