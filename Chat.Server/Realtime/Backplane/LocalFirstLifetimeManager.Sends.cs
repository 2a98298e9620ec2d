using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Realtime.Backplane;

internal sealed partial class LocalFirstLifetimeManager<THub>
    where THub : Hub
{
    public override Task SendAllAsync(string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Send(PushKind.All, [], [], methodName, args);

    public override Task SendAllExceptAsync(
        string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
        Send(PushKind.All, [], excludedConnectionIds, methodName, args);

    public override Task SendConnectionAsync(
        string connectionId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Send(PushKind.Connections, [connectionId], [], methodName, args);

    public override Task SendConnectionsAsync(
        IReadOnlyList<string> connectionIds, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Send(PushKind.Connections, [.. connectionIds], [], methodName, args);

    public override Task SendGroupAsync(string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Send(PushKind.Groups, [groupName], [], methodName, args);

    public override Task SendGroupsAsync(
        IReadOnlyList<string> groupNames, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Send(PushKind.Groups, [.. groupNames], [], methodName, args);

    public override Task SendGroupExceptAsync(
        string groupName, string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds,
        CancellationToken cancellationToken = default) =>
        Send(PushKind.Groups, [groupName], excludedConnectionIds, methodName, args);

    /// <summary>Walks over all connections, as SignalR's own manager does.</summary>
    public override Task SendUserAsync(string userId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Send(PushKind.Users, [userId], [], methodName, args);

    public override Task SendUsersAsync(
        IReadOnlyList<string> userIds, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Send(PushKind.Users, [.. userIds], [], methodName, args);

    private Task Send(PushKind kind, ReadOnlySpan<string> targets, IReadOnlyList<string> excluded, string method, object?[] args)
    {
        var tellOthers = _others is not null && !(kind is PushKind.Connections && AllHere(targets));
        if (!tellOthers && !HasAny(kind, targets)) return Task.CompletedTask;

        var push = PushEntry.Push(_protocol, kind, targets, tellOthers ? Elsewhere(excluded) : [], method, args);
        Deliver(kind, targets, excluded, push);
        if (tellOthers) _others!.Send(push.Entry);
        return Task.CompletedTask;
    }

    private bool HasAny(PushKind kind, ReadOnlySpan<string> targets)
    {
        if (kind is PushKind.All or PushKind.Users) return !_connections.IsEmpty;
        foreach (var target in targets)
            if (kind is PushKind.Groups ? _groups.Find(target) is not null : _connections.ContainsKey(target)) return true;
        return false;
    }

    private void Deliver(PushKind kind, ReadOnlySpan<string> targets, IReadOnlyList<string> excluded, PushEntry push)
    {
        switch (kind)
        {
            case PushKind.All:
                foreach (var (_, connection) in _connections) Post(connection, excluded, push);
                break;
            case PushKind.Connections:
                foreach (var target in targets)
                    if (_connections.TryGetValue(target, out var connection)) connection.Post(push);
                break;
            case PushKind.Groups:
                foreach (var target in targets)
                {
                    if (_groups.Find(target) is not { } group) continue;
                    foreach (var member in group.Members) Post(member, excluded, push);
                }
                break;
            case PushKind.Users:
                foreach (var (_, connection) in _connections)
                    if (connection.UserId is { } userId && targets.Contains(userId)) connection.Post(push);
                break;
        }
    }

    private static void Post(ClientConnection connection, IReadOnlyList<string> excluded, PushEntry push)
    {
        for (var i = 0; i < excluded.Count; i++)
            if (excluded[i] == connection.ConnectionId) return;
        connection.Post(push);
    }

    private bool AllHere(ReadOnlySpan<string> connectionIds)
    {
        foreach (var connectionId in connectionIds)
            if (!_connections.ContainsKey(connectionId)) return false;
        return true;
    }

    /// <summary>Who is excluded is mostly the sender, who is here: the other nodes need not hear of that.</summary>
    private IReadOnlyList<string> Elsewhere(IReadOnlyList<string> connectionIds)
    {
        if (connectionIds.Count == 1) return _connections.ContainsKey(connectionIds[0]) ? [] : connectionIds;
        return connectionIds.Count == 0 ? [] : [.. connectionIds.Where(id => !_connections.ContainsKey(id))];
    }
}
