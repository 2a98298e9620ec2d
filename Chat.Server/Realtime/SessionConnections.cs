using Chat.Server.Features.Accounts;
using Chat.Server.Realtime.Cluster;

namespace Chat.Server.Realtime;

/// <summary>A session that ends takes its connections along, on every node.</summary>
internal sealed class SessionConnections(ConnectionRegistry registry, IClusterBus bus) : ISessionRevocations
{
    public Task RevokedAsync(long userId, IReadOnlyList<long> sessionIds, CancellationToken cancellationToken)
    {
        CloseHere(userId, sessionIds);
        bus.Tell(new ClusterNews(ClusterNewsKinds.SessionsEnded, userId, sessionIds));
        return Task.CompletedTask;
    }

    public void CloseHere(long userId, IReadOnlyList<long> sessionIds)
    {
        foreach (var connection in registry.Of(userId))
            if (sessionIds.Contains(connection.SessionId))
                connection.Abort();
    }
}
