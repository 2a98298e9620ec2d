using System.Diagnostics.Metrics;
using Chat.Data.Messages;
using Chat.Server.Features.Messages;
using Chat.Server.Features.Notifications;
using Chat.Server.Features.Presence;
using Chat.Server.Features.Search;
using Chat.Server.Hosting.Draining;
using Chat.Server.Hubs.Filters;
using Chat.Server.Realtime;

namespace Chat.Server.Hosting;

/// <summary>
/// What is read off the node's parts when somebody asks, on the meter <see cref="MeterName"/>: the parts only count. What happens
/// seldom enough to be recorded one by one has a class beside its part (<see cref="RealtimeMetrics"/>, <see cref="Hubs.Filters.CallMetrics"/>).
/// </summary>
internal sealed class NodeMetrics(
    IMeterFactory meters,
    ConnectionRegistry connections,
    ConnectionAdmission admission,
    RosterCache rosters,
    RecentMessages recent,
    HistoryService history,
    PresenceTracker presence,
    NotificationBacklog notificationBacklog,
    NotificationWorker notifications,
    SearchBacklog searchBacklog,
    SearchIndexer searchIndexer,
    CallCount calls,
    NodeDrain drain) : IHostedService
{
    public const string MeterName = "Chat.Server";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter("chat.connections.open", () => connections.Count, "{connection}", "Connections of this node");
        meter.CreateObservableUpDownCounter("chat.connections.users", () => connections.UserCount, "{user}", "Users with a connection to this node");
        meter.CreateObservableUpDownCounter("chat.connections.waiting", () => admission.Waiting, "{connection}", "Connections that wait to be set up");
        meter.CreateObservableCounter("chat.connections.refused", () => admission.Refused, "{connection}", "Connections sent away because too many were waiting");
        meter.CreateObservableUpDownCounter("chat.calls.active", () => calls.UnderWay, "{call}", "Hub calls under way");
        meter.CreateObservableUpDownCounter("chat.rosters.cached", () => rosters.Count, "{roster}", "Chats whose members are in memory");
        meter.CreateObservableCounter("chat.rosters.hits", () => rosters.Hits, "{use}", "Uses of a roster that was in memory");
        meter.CreateObservableCounter("chat.rosters.loads", () => rosters.Loads, "{roster}", "Rosters read from the database");
        meter.CreateObservableCounter("chat.recent_messages.hits", () => recent.Hits, "{read}", "Newest messages of a chat that were in memory");
        meter.CreateObservableCounter("chat.recent_messages.misses", () => recent.Misses, "{read}", "Newest messages of a chat that had to be read from the database");
        meter.CreateObservableCounter("chat.sync.pages", () => history.Syncs, "{page}", "Pages of what clients missed");
        meter.CreateObservableCounter("chat.sync.too_long", () => history.TooLongSyncs, "{page}", "Those that told a client to start afresh");
        meter.CreateObservableUpDownCounter("chat.notifications.queue", () => notificationBacklog.Count, "{chat}", "Chats and other news that somebody may have to be notified of");
        meter.CreateObservableCounter("chat.notifications.dropped", () => notificationBacklog.Dropped, "{chat}", "Those that found no room to wait");
        meter.CreateObservableCounter("chat.notifications.raised", () => notifications.Raised, "{notification}", "Notifications that this node raised");
        meter.CreateObservableUpDownCounter("chat.search.queue", () => searchBacklog.Count, "{chat}", "Chats that wait to be indexed for the search");
        meter.CreateObservableCounter("chat.search.indexed", () => searchIndexer.Indexed, "{message}", "Messages and changes that went into the search index");
        meter.CreateObservableUpDownCounter("chat.presence.leases", () => presence.Count, "{lease}", "Connections that this node keeps online");
        meter.CreateObservableGauge("chat.presence.failing", () => presence.IsFailing ? 1 : 0, "1", "1 while presence cannot be kept or stored");
        meter.CreateObservableGauge("chat.drain.active", () => drain.IsDraining ? 1 : 0, "1", "1 from SIGTERM to the end");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
