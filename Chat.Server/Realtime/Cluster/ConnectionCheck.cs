using Chat.Data.Chats;
using Chat.Server.Features.Accounts;
using Chat.Server.Realtime.Backplane;

namespace Chat.Server.Realtime.Cluster;

/// <summary>
/// Compares connections of this node with the database, many at a time, and repairs what differs: closes those whose session has ended,
/// lets them join or leave groups, and tells the clients. Rests on no news at all.
/// </summary>
internal sealed class ConnectionCheck(
    ConnectionRegistry registry,
    IRosterReader reader,
    ISessionGuard sessions,
    IConnectionGroups groups,
    ChatMembership membership,
    RealtimeMetrics metrics)
{
    /// <summary>Users in one statement.</summary>
    private const int BatchSize = 500;

    /// <exception cref="Chat.Data.DataUnavailableException">Those not compared yet remain as they are.</exception>
    public async Task CheckAsync(IEnumerable<long> userIds, CancellationToken cancellationToken)
    {
        foreach (var batch in userIds.Chunk(BatchSize))
        {
            var connections = new List<LocalConnection>();
            foreach (var connection in batch.SelectMany(registry.Of))
            {
                if (connection.IsSetUp) connections.Add(connection);
                // What it has read of its chats may be out of date: it reads again.
                else registry.MembershipChanged(connection.UserId);
            }
            if (connections.Count == 0) continue;
            await CloseEndedAsync(connections, cancellationToken);
            foreach (var (chatId, users) in await FindDifferencesAsync(connections, cancellationToken))
            {
                // What was read may be out of date by now: the chat's own comparison reads again, in line with all changes of it.
                await membership.CompareHereAsync(chatId, [.. users]);
                metrics.Repaired(users.Count);
            }
        }
    }

    private async Task CloseEndedAsync(List<LocalConnection> connections, CancellationToken cancellationToken)
    {
        var live = await sessions.FindLiveAsync([.. connections.Select(connection => connection.SessionId).Distinct()], cancellationToken);
        foreach (var connection in connections)
        {
            if (live.Contains(connection.SessionId)) continue;
            connection.Abort();
            metrics.Repaired(1);
        }
    }

    /// <returns>Chats, each with the users of whom a connection is wrongly in it or out of it.</returns>
    private async Task<Dictionary<long, HashSet<long>>> FindDifferencesAsync(List<LocalConnection> connections, CancellationToken cancellationToken)
    {
        var memberships = await reader.ListGroupIdsAsync([.. connections.Select(connection => connection.UserId).Distinct()], cancellationToken);
        var differences = new Dictionary<long, HashSet<long>>();
        foreach (var connection in connections)
        {
            var differing = memberships[connection.UserId].ToHashSet();
            differing.SymmetricExceptWith(ChatsOf(connection.ConnectionId));
            if (differing.Count == 0 || !registry.Contains(connection)) continue;
            foreach (var chatId in differing)
            {
                if (!differences.TryGetValue(chatId, out var users)) differences.Add(chatId, users = []);
                users.Add(connection.UserId);
            }
        }
        return differences;
    }

    private IEnumerable<long> ChatsOf(string connectionId)
    {
        foreach (var name in groups.GroupsOf(connectionId))
            if (GroupNames.TryReadChat(name, out var chatId)) yield return chatId;
    }
}
