using Chat.Data.Presence;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Presence;

/// <summary>Subscribes a connection to the presence of chosen users. Who may see whom is the store's answer (privacy settings later).</summary>
public sealed class WatchPresenceService(IPresenceStore store, ILastSeenStore lastSeen, IHubContext<ChatHub, IChatClient> hub)
{
    private static readonly object WatchKey = new();

    /// <summary>Makes the connection watch exactly these users.</summary>
    public async Task<WatchPresenceResult> WatchAsync(HubCallerContext connection, IReadOnlyCollection<long> userIds)
    {
        var wanted = userIds.Distinct().ToList();
        IReadOnlyDictionary<long, DateTime?> visible = wanted.Count == 0
            ? new Dictionary<long, DateTime?>()
            : await lastSeen.FindVisibleAsync(connection.UserId(), wanted, connection.ConnectionAborted);

        var watch = WatchOf(connection);
        await watch.Turn.WaitAsync(connection.ConnectionAborted);
        try
        {
            // Subscribed before the state is read: a change in between is told twice rather than never.
            await SubscribeAsync(connection.ConnectionId, watch.UserIds, visible.Keys);
            watch.UserIds = [.. visible.Keys];
        }
        finally
        {
            watch.Turn.Release();
        }

        var found = await store.FindOnlineAsync([.. visible.Keys]);
        var online = found.UserIds.ToHashSet();
        return new WatchPresenceResult(
            [.. visible.Select(v => new PresenceView(v.Key, online.Contains(v.Key), online.Contains(v.Key) ? null : v.Value, found.Revision))]);
    }

    private async Task SubscribeAsync(string connectionId, IReadOnlyCollection<long> before, IEnumerable<long> after)
    {
        foreach (var userId in before.Except(after))
            await hub.Groups.RemoveFromGroupAsync(connectionId, GroupNames.Presence(userId));
        foreach (var userId in after.Except(before))
            await hub.Groups.AddToGroupAsync(connectionId, GroupNames.Presence(userId));
    }

    private static Watch WatchOf(HubCallerContext connection)
    {
        lock (connection.Items)
        {
            if (connection.Items.TryGetValue(WatchKey, out var known)) return (Watch)known!;
            var watch = new Watch();
            connection.Items[WatchKey] = watch;
            return watch;
        }
    }

    /// <summary>Whom a connection watches. Its calls may run at once; they take turns.</summary>
    private sealed class Watch
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public IReadOnlyCollection<long> UserIds { get; set; } = [];
    }
}
