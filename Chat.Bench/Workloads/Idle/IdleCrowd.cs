using Chat.Bench.Client;
using Chat.Bench.Output;

namespace Chat.Bench.Workloads.Idle;

/// <summary>The connections of a run. They count what they are pushed, and that none of them ends.</summary>
internal sealed class IdleCrowd : IHubReceiver, IAsyncDisposable
{
    private const int AttemptsPerConnection = 5;

    private readonly List<RawHubConnection> _connections = [];
    private long _pushes;
    private int _ended;
    private volatile string? _endReason;

    public int Count => _connections.Count;

    public int Ended => Volatile.Read(ref _ended);

    public string? EndReason => _endReason;

    /// <summary>Messages that were pushed to any of them.</summary>
    public long Pushes => Interlocked.Read(ref _pushes);

    public Task ConnectAsync(IReadOnlyList<BenchUser> users, int atOnce, RunOutput output, string title, CancellationToken cancellationToken) =>
        output.PhaseAsync(title, progress => Parallel.ForEachAsync(
            users, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (user, token) =>
            {
                var connection = await ConnectOneAsync(user, token);
                lock (_connections)
                {
                    _connections.Add(connection);
                    progress.Report((double)_connections.Count / users.Count);
                }
            }));

    public void Received(RawHubConnection connection, in HubRecord record)
    {
        if (record.Target.SequenceEqual("MessagePosted"u8)) Interlocked.Increment(ref _pushes);
    }

    public void Closed(RawHubConnection connection, string? reason)
    {
        if (reason is null) return;
        Interlocked.Increment(ref _ended);
        _endReason = reason;
    }

    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(_connections, CancellationToken.None, (connection, _) => connection.DisposeAsync());
        _connections.Clear();
    }

    /// <summary>A server may send away whom it has no time for, and expects them again.</summary>
    private async Task<RawHubConnection> ConnectOneAsync(BenchUser user, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RawHubConnection.ConnectSubscribedAsync(user, this, cancellationToken);
            }
            catch (HubConnectException) when (attempt < AttemptsPerConnection)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancellationToken);
            }
        }
    }
}
