using Chat.Data.Presence;
using Chat.Server.Features.Privacy;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Presence;

/// <summary>Subscribes a connection to the presence of chosen users: of those who share a chat with its user, and let themselves be seen.</summary>
public sealed class WatchPresenceService(
    IPresenceStore store, ILastSeenStore lastSeen, PrivacyService privacy, IConnectionGroups groups, IHubContext<ChatHub, IChatClient> hub)
{
    private static readonly object WatchKey = new();

    /// <summary>Makes the connection watch exactly these users.</summary>
    public async Task<WatchPresenceResult> WatchAsync(HubCallerContext connection, IReadOnlyCollection<long> userIds)
    {
        var wanted = userIds.Distinct().ToList();
        IReadOnlyDictionary<long, DateTime?> known = wanted.Count == 0
            ? new Dictionary<long, DateTime?>()
            : await lastSeen.FindVisibleAsync(connection.UserId(), wanted, connection.ConnectionAborted);
        var visible = await LetThroughAsync(connection, known);

        var watch = WatchOf(connection);
        await watch.Turn.WaitAsync(connection.ConnectionAborted);
        try
        {
            // Subscribed before the state is read: a change in between is told twice rather than never.
            await SubscribeAsync(connection.ConnectionId, watch.UserIds, visible.Keys);
            watch.UserIds = [.. visible.Keys];
            // Somebody's privacy may have changed since it was looked at, before there was a subscription to end.
            var still = await LetThroughAsync(connection, visible);
            if (still.Count < visible.Count)
            {
                await SubscribeAsync(connection.ConnectionId, watch.UserIds, still.Keys);
                watch.UserIds = [.. still.Keys];
                visible = still;
            }
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

    private async Task<IReadOnlyDictionary<long, DateTime?>> LetThroughAsync(
        HubCallerContext connection, IReadOnlyDictionary<long, DateTime?> people)
    {
        if (people.Count == 0) return people;
        var visible = await privacy.FindPresenceVisibleAsync(connection.UserId(), [.. people.Keys], connection.ConnectionAborted);
        return visible.Count == people.Count ? people : people.Where(p => visible.Contains(p.Key)).ToDictionary();
    }

    /// <summary>What was watched before says nothing of what is still subscribed: a change of privacy may have ended it in between.</summary>
    private async Task SubscribeAsync(string connectionId, IReadOnlyCollection<long> before, IEnumerable<long> after)
    {
        foreach (var userId in before.Except(after))
            await hub.Groups.RemoveFromGroupAsync(connectionId, GroupNames.Presence(userId));
        foreach (var userId in after.Where(id => !groups.IsIn(connectionId, GroupNames.Presence(id))))
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
