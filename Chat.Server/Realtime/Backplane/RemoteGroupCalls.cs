using System.Collections.Concurrent;
using Chat.Server.Realtime.Redis;

namespace Chat.Server.Realtime.Backplane;

/// <summary>Joins and leaves of connections on other nodes, each confirmed by the node that has the connection.</summary>
internal sealed class RemoteGroupCalls(NodeChannel others)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<long, TaskCompletionSource> _pending = new();
    // Begins anywhere, so that no two nodes count alike.
    private long _lastCall = Random.Shared.NextInt64();

    /// <exception cref="TimeoutException">No node said that it has the connection; it may be gone.</exception>
    public async Task CallAsync(PushKind kind, string connectionId, string groupName, CancellationToken cancellationToken)
    {
        var call = Interlocked.Increment(ref _lastCall);
        var applied = _pending[call] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            others.Send(PushEntry.Command(kind, call, connectionId, groupName).Entry);
            await applied.Task.WaitAsync(Timeout, cancellationToken);
        }
        finally
        {
            _pending.TryRemove(call, out _);
        }
    }

    public void Applied(long call)
    {
        if (_pending.TryGetValue(call, out var pending)) pending.TrySetResult();
    }
}
