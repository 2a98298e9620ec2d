using System.Threading.Channels;
using Chat.Data;
using Chat.Data.Chats;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Realtime.Backplane;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime.Cluster;

/// <summary>
/// Does on this node what other nodes tell. After a loss of news it forgets every roster, compares the groups of its connections with the
/// database, and asks its clients to catch up, a few at a time.
/// </summary>
internal sealed partial class ClusterListener(
    IClusterBus bus,
    ChatMembership membership,
    SessionConnections sessions,
    ConnectionRegistry registry,
    RosterCache rosters,
    IRosterReader reader,
    IConnectionGroups groups,
    IHubContext<ChatHub, IChatClient> hub,
    RealtimeMetrics metrics,
    ILogger<ClusterListener> logger) : BackgroundService
{
    /// <summary>Between two clients that are asked to catch up, so that a thousand a second come to the database.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);

    private readonly Channel<bool> _lost = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        bus.Heard += Hear;
        bus.NewsLost += OnNewsLost;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        bus.Heard -= Hear;
        bus.NewsLost -= OnNewsLost;
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _lost.Reader.ReadAllAsync(stoppingToken))
        {
            metrics.Recovered();
            rosters.Clear();
            foreach (var connection in registry.All())
            {
                try
                {
                    await CompareGroupsAsync(connection, stoppingToken);
                }
                catch (DataUnavailableException exception)
                {
                    LogNotCompared(logger, exception);
                }
                hub.Clients.Client(connection.ConnectionId)
                    .ResyncRequired(new ResyncRequiredEvent(null, "the nodes did not hear each other")).Forget(logger);
                await Task.Delay(Pace, stoppingToken);
            }
        }
    }

    private void Hear(ClusterNews news)
    {
        if (news.Kind == ClusterNewsKinds.MembersChanged)
            membership.RefreshHereAsync(news.Id, news.Items).Forget(logger);
        else if (news.Kind == ClusterNewsKinds.SessionsEnded)
            sessions.CloseHere(news.Id, news.Items);
    }

    private void OnNewsLost() => _lost.Writer.TryWrite(true);

    private async Task CompareGroupsAsync(LocalConnection connection, CancellationToken cancellationToken)
    {
        var wanted = (await reader.ListGroupIdsAsync(connection.UserId, cancellationToken)).Select(GroupNames.Chat).ToHashSet();
        var present = groups.GroupsOf(connection.ConnectionId).Where(GroupNames.IsChat).ToHashSet();
        foreach (var gone in present.Except(wanted))
            await hub.Groups.RemoveFromGroupAsync(connection.ConnectionId, gone, cancellationToken);
        foreach (var missing in wanted.Except(present))
            await hub.Groups.AddToGroupAsync(connection.ConnectionId, missing, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "A connection's groups could not be compared with the database")]
    private static partial void LogNotCompared(ILogger logger, Exception exception);
}
