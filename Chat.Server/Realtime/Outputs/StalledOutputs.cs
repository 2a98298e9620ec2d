using System.Collections.Concurrent;
using Chat.Server.Realtime.Backplane;

namespace Chat.Server.Realtime.Outputs;

/// <summary>
/// The clients that take nothing at the moment. Those that go on so for <see cref="ConnectionLimits.WriteTimeout"/> are cut: they do not
/// read, or their network is gone without a word, and nothing that one could tell them would arrive.
/// </summary>
public sealed partial class StalledOutputs(ConnectionLimits limits, RealtimeMetrics metrics, TimeProvider time, ILogger<StalledOutputs> logger)
    : BackgroundService
{
    private const int LooksPerTimeout = 10;

    private readonly ConcurrentDictionary<ClientOutput, long> _since = new();

    public int Count => _since.Count;

    internal void Add(ClientOutput output) => _since[output] = time.GetTimestamp();

    internal void Remove(ClientOutput output) => _since.TryRemove(output, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(limits.WriteTimeout / LooksPerTimeout, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Cut();
    }

    private void Cut()
    {
        foreach (var (output, since) in _since)
        {
            if (time.GetElapsedTime(since) < limits.WriteTimeout || !output.CutIfStalled()) continue;
            // Its flush ends in a moment; until then it is not to be counted twice.
            Remove(output);
            metrics.ClientDropped(DropReasons.Stalled);
            LogCut(logger, limits.WriteTimeout);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Cut a connection whose client took nothing for {Time}")]
    private static partial void LogCut(ILogger logger, TimeSpan time);
}
