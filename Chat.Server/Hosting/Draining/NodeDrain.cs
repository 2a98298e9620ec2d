using Chat.Server.Hubs;
using Chat.Server.Hubs.Contract;
using Chat.Server.Hubs.Filters;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hosting.Draining;

/// <summary>
/// Takes a node out of service without loss: not ready → clients are asked to reconnect elsewhere → calls under way finish.
/// Nothing depends on it: a client whose connection is cut repeats what was not answered. It only spares them the wait.
/// </summary>
public sealed partial class NodeDrain(
    ConnectionRegistry registry,
    CallCount calls,
    IHubContext<ChatHub, IChatClient> hub,
    DrainOptions options,
    TimeProvider time,
    ILogger<NodeDrain> logger)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private volatile bool _draining;

    /// <summary>From the first moment of the drain on: the node is not ready, and takes no new connections.</summary>
    public bool IsDraining => _draining;

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        LogDraining(logger, registry.Count);
        await Task.Delay(options.NotReadyTime, time, cancellationToken);

        var connections = registry.All();
        foreach (var connection in connections)
        {
            var after = options.ReconnectTime * Random.Shared.NextDouble();
            hub.Clients.Client(connection.ConnectionId)
                .ReconnectRequired(new ReconnectRequiredEvent((int)after.TotalMilliseconds, "the server is being restarted"))
                .Forget(logger);
        }
        await UntilAsync(() => registry.Count == 0, options.ReconnectTime, cancellationToken);
        await UntilAsync(() => calls.UnderWay == 0, options.FinishTime, cancellationToken);
        LogDrained(logger, registry.Count, calls.UnderWay);
    }

    private async Task UntilAsync(Func<bool> condition, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!condition() && time.GetElapsedTime(start) < atMost)
            await Task.Delay(Step, time, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "Draining: {Connections} connections are asked to go elsewhere")]
    private static partial void LogDraining(ILogger logger, int connections);

    [LoggerMessage(2, LogLevel.Information, "Drained: {Connections} connections and {Calls} calls are left")]
    private static partial void LogDrained(ILogger logger, int connections, int calls);
}
