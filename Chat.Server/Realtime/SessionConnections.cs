using Chat.Server.Features.Accounts;

namespace Chat.Server.Realtime;

/// <summary>A session that ends takes its connections along.</summary>
internal sealed class SessionConnections(ConnectionRegistry registry) : ISessionRevocations
{
    public Task RevokedAsync(long userId, IReadOnlyList<long> sessionIds, CancellationToken cancellationToken)
    {
        foreach (var connection in registry.Of(userId))
            if (sessionIds.Contains(connection.SessionId))
                connection.Abort();
        return Task.CompletedTask;
    }
}
