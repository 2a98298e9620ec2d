using Chat.Server.Features.Privacy;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Features.Presence;

/// <summary>
/// Ends what connections of this node see of somebody's presence, once they may not any more: the person's settings, contacts or blocks changed,
/// here or on another node. Whoever may see again watches again.
/// </summary>
internal sealed class PresencePrivacy(
    PrivacyCache cache, ConnectionRegistry registry, IConnectionGroups groups, IPresenceStore store, IHubContext<ChatHub, IChatClient> hub,
    ILogger<PresencePrivacy> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cache.Changed += OnChanged;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        cache.Changed -= OnChanged;
        return Task.CompletedTask;
    }

    private void OnChanged(long userId) => Task.Run(() => RecheckAsync(userId)).Forget(logger);

    private async Task RecheckAsync(long userId)
    {
        // Those who watch the person, and, since a block ends it both ways, those whom the person watches.
        var watches = new List<(LocalConnection Connection, long Watched)>();
        var ofPerson = GroupNames.Presence(userId);
        foreach (var connection in registry.All())
            if (groups.IsIn(connection.ConnectionId, ofPerson)) watches.Add((connection, userId));
        foreach (var connection in registry.Of(userId))
            foreach (var name in groups.GroupsOf(connection.ConnectionId))
                if (GroupNames.TryReadPresence(name, out var watched)) watches.Add((connection, watched));
        if (watches.Count == 0) return;

        var people = await cache.GetAsync(watches.SelectMany(w => new[] { w.Connection.UserId, w.Watched }), CancellationToken.None);
        var ended = watches.Where(w => !PrivacyService.IsPresenceVisible(people[w.Connection.UserId], people[w.Watched])).ToList();
        if (ended.Count == 0) return;

        foreach (var (connection, watched) in ended)
            await hub.Groups.RemoveFromGroupAsync(connection.ConnectionId, GroupNames.Presence(watched));
        var revision = (await store.FindOnlineAsync([.. ended.Select(w => w.Watched).Distinct()])).Revision;
        foreach (var (connection, watched) in ended)
            hub.Clients.Client(connection.ConnectionId)
                .PresenceChanged(new PresenceView(watched, Online: false, LastSeen: null, revision)).Forget(logger);
    }
}
