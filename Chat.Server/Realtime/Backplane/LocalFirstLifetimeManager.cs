using System.Collections.Concurrent;
using Chat.Server.Realtime.Cluster;
using Chat.Server.Realtime.Redis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Realtime.Backplane;

/// <summary>
/// Delivers pushes: to the connections of this node at once, to those of other nodes over Redis (docs/decisions/0004).
/// <para>
/// Contract: semantics of SignalR's own manager, with these differences. A send is encoded once and waits for nobody, neither for a slow
/// client (which costs itself its connection, see <see cref="ClientConnection"/>) nor for Redis. What one caller sends one after another
/// arrives in that order, on every node. Without Redis, or while it is away, local clients are served all the same. Joining and leaving by
/// connections of this node is immediate; for those of another node it is confirmed by that node, and fails with
/// <see cref="TimeoutException"/> when none does. Results of a client (<c>InvokeAsync</c>) can be asked of connections of this node only.
/// </para>
/// </summary>
internal sealed partial class LocalFirstLifetimeManager<THub> : HubLifetimeManager<THub>, IConnectionGroups
    where THub : Hub
{
    private readonly ConcurrentDictionary<string, ClientConnection> _connections = new(StringComparer.Ordinal);
    private readonly LocalGroups _groups = new();
    private readonly ClientResults _results = new();
    private readonly IHubProtocol _protocol;
    private readonly SlowClients _slow;
    private readonly NodeChannel? _others;
    private readonly RemoteGroupCalls? _remoteGroups;
    private readonly ChatPushGate? _gate;
    private readonly Func<HubConnectionContext, IHubProtocol>? _protocolOf;

    /// <param name="channels">Null when there is no Redis.</param>
    /// <param name="gate">Null when whatever other nodes push may be delivered at any time.</param>
    /// <param name="protocolOf">What reads a connection's calls; null for the protocol that all share. It must write as that does.</param>
    public LocalFirstLifetimeManager(
        IHubProtocolResolver protocols, SlowClients slow, NodeChannels? channels = null, ChatPushGate? gate = null,
        Func<HubConnectionContext, IHubProtocol>? protocolOf = null)
    {
        // A push is encoded before it is known who gets it, so everybody has to speak the same.
        _protocol = protocols.AllProtocols.Count == 1
            ? protocols.AllProtocols[0]
            : throw new InvalidOperationException("All clients must speak one hub protocol.");
        _slow = slow;
        _gate = gate;
        _protocolOf = protocolOf;
        if (channels is null) return;
        _others = channels.Push;
        _others.Received += Receive;
        _remoteGroups = new RemoteGroupCalls(_others);
    }

    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        if (_protocolOf is not null) connection.Protocol = _protocolOf(connection);
        _connections[connection.ConnectionId] = new ClientConnection(connection, _slow);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        if (!_connections.TryRemove(connection.ConnectionId, out var client)) return Task.CompletedTask;
        _groups.RemoveFromAll(client);
        client.Close();
        return Task.CompletedTask;
    }

    public override Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        if (!_connections.TryGetValue(connectionId, out var connection))
            return _remoteGroups?.CallAsync(PushKind.AddToGroup, connectionId, groupName, cancellationToken) ?? Task.CompletedTask;
        _groups.Add(connection, groupName);
        return Task.CompletedTask;
    }

    public override Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        if (!_connections.TryGetValue(connectionId, out var connection))
            return _remoteGroups?.CallAsync(PushKind.RemoveFromGroup, connectionId, groupName, cancellationToken) ?? Task.CompletedTask;
        _groups.Remove(connection, groupName);
        return Task.CompletedTask;
    }

    public IReadOnlyList<string> GroupsOf(string connectionId) =>
        _connections.TryGetValue(connectionId, out var connection) ? LocalGroups.Of(connection) : [];

    public bool IsIn(string connectionId, string groupName) =>
        _connections.TryGetValue(connectionId, out var connection) && _groups.Contains(groupName, connection);

    public override async Task<T> InvokeConnectionAsync<T>(
        string connectionId, string methodName, object?[] args, CancellationToken cancellationToken)
    {
        if (!_connections.TryGetValue(connectionId, out var connection))
            throw new IOException($"Connection '{connectionId}' is not on this node.");
        return await _results.AskAsync<T>(connection.Context, methodName, args, cancellationToken);
    }

    public override Task SetConnectionResultAsync(string connectionId, CompletionMessage result)
    {
        _results.Answer(connectionId, result);
        return Task.CompletedTask;
    }

    public override bool TryGetReturnType(string invocationId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Type? type) =>
        _results.TryGetType(invocationId, out type);

    /// <summary>An entry of another node.</summary>
    private void Receive(ReadOnlyMemory<byte> bytes)
    {
        var entry = new PushEntryReader(bytes);
        if (entry.Kind is PushKind.Groups && !IsForGroupsHere(entry)) return;
        var targets = entry.ReadTexts();
        switch (entry.Kind)
        {
            case PushKind.Applied:
                _remoteGroups!.Applied(entry.Call);
                break;
            case PushKind.AddToGroup or PushKind.RemoveFromGroup:
                if (!_connections.TryGetValue(targets[0], out var connection)) break;
                if (entry.Kind is PushKind.AddToGroup) _groups.Add(connection, targets[1]);
                else _groups.Remove(connection, targets[1]);
                _others!.Send(PushEntry.Command(PushKind.Applied, entry.Call).Entry);
                break;
            default:
                if (_gate is { IsOpen: false } && entry.Kind is PushKind.Groups) targets = _gate.Passing(targets);
                if (!HasAny(entry.Kind, targets)) break;
                var excluded = entry.ReadTexts();
                Deliver(entry.Kind, targets, excluded, PushEntry.Received(_protocol, entry.Payload));
                break;
        }
    }

    private bool IsForGroupsHere(PushEntryReader entry)
    {
        for (var left = entry.ReadCount(); left > 0; left--)
            if (_groups.Has(entry.ReadUtf8())) return true;
        return false;
    }
}
