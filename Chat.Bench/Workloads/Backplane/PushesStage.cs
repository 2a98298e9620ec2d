using System.Diagnostics;
using Chat.Server.Realtime.Redis;

namespace Chat.Bench.Workloads.Backplane;

/// <summary>What is measured on two nodes of one backplane.</summary>
/// <param name="Case">Where the receivers are.</param>
/// <param name="Burst">How many pushes are handed over before it is waited for their arrival.</param>
/// <param name="NodesMicroseconds">Processor time of both nodes, per delivery.</param>
/// <param name="RedisMicroseconds">Processor time of Redis, per delivery.</param>
internal sealed record PushesFigures(string Case, int Burst, double PushesPerSecond, double NodesMicroseconds, double RedisMicroseconds)
{
    public double Microseconds => NodesMicroseconds + RedisMicroseconds;
}

/// <summary>Two nodes of one backplane in this process, with the people of every case connected.</summary>
internal sealed class PushesStage : IAsyncDisposable
{
    private const int GroupSize = 500;

    private readonly List<(BackplaneNode Node, CountingConnection Connection)> _connections = [];
    private readonly DeliveryCounter _counter = new();
    private readonly BackplaneNode _here;
    private readonly BackplaneNode _there;
    private readonly int _redisId;

    private PushesStage(BackplaneNode here, BackplaneNode there, int redisId)
    {
        (_here, _there, _redisId) = (here, there, redisId);
        // Where each node hears all pushes, one has been dealt with when the other node has looked at it, wanted or not.
        if (there.Channels is { } channels) channels.Push.Received += _ => _counter.Add(1);
    }

    /// <summary>Whether a push is counted once more, as heard by the other node.</summary>
    private bool AllHearAll => _there.Channels is not null;

    public static async Task<PushesStage> StartAsync(string backplane, string redisAddress, int redisId, CancellationToken cancellationToken)
    {
        var options = new RedisOptions { KeyPrefix = $"bench-{Guid.NewGuid():N}:" };
        var here = await BackplaneNode.StartAsync(backplane, redisAddress, options, cancellationToken);
        var there = await BackplaneNode.StartAsync(backplane, redisAddress, options, cancellationToken);
        var stage = new PushesStage(here, there, redisId);
        await stage.ConnectAsync(here, 1, "two on one node");
        await stage.ConnectAsync(there, 1, "two on two nodes");
        await stage.ConnectAsync(here, GroupSize / 2, "group of 500");
        await stage.ConnectAsync(there, GroupSize / 2, "group of 500");
        return stage;
    }

    public async Task<IReadOnlyList<PushesFigures>> MeasureAsync(TimeSpan time, CancellationToken cancellationToken) =>
    [
        await MeasureAsync("two on one node", 1, 1, time, cancellationToken),
        await MeasureAsync("two on one node", 1, 100, time, cancellationToken),
        await MeasureAsync("two on two nodes", 1, 1, time, cancellationToken),
        await MeasureAsync("two on two nodes", 1, 100, time, cancellationToken),
        await MeasureAsync("group of 500", GroupSize, 1, time, cancellationToken),
        await MeasureAsync("group of 500", GroupSize, 20, time, cancellationToken),
    ];

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_connections.Select(c => c.Node.Manager.OnDisconnectedAsync(c.Connection.Context)));
        await _here.DisposeAsync();
        await _there.DisposeAsync();
    }

    /// <summary>A receiver's group is called like its case.</summary>
    private async Task ConnectAsync(BackplaneNode node, int count, string group)
    {
        for (var i = 0; i < count; i++)
        {
            var connection = new CountingConnection(_counter);
            _connections.Add((node, connection));
            await node.Manager.OnConnectedAsync(connection.Context);
            await node.Manager.AddToGroupAsync(connection.Id, group);
        }
    }

    private async Task<PushesFigures> MeasureAsync(string group, int receivers, int burst, TimeSpan time, CancellationToken cancellationToken)
    {
        await PushAsync(group, receivers, burst, time / 4, cancellationToken);
        var cpu = new BackplaneCpu(_redisId);
        var pushes = await PushAsync(group, receivers, burst, time, cancellationToken);
        var (nodes, redis, elapsed) = cpu.Used;
        var deliveries = pushes * (double)receivers;
        return new PushesFigures(
            group, burst, pushes / elapsed.TotalSeconds, nodes.TotalMicroseconds / deliveries, redis.TotalMicroseconds / deliveries);
    }

    private async Task<long> PushAsync(string group, int receivers, int burst, TimeSpan time, CancellationToken cancellationToken)
    {
        object?[] message = [BenchMessage.Typical];
        var pushes = 0L;
        var arrived = _counter.Count;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time; pushes += burst)
        {
            // Not awaited, as the server does not, either.
            for (var i = 0; i < burst; i++) _ = _here.Manager.SendGroupAsync(group, "MessagePosted", message, cancellationToken);
            arrived += burst * (receivers + (AllHearAll ? 1 : 0));
            await _counter.WaitForAsync(arrived, cancellationToken);
        }
        return pushes;
    }
}
