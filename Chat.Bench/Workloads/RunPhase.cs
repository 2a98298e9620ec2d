using System.Diagnostics;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Workloads;

/// <summary>What all clients of a run do at the moment, and why it failed if it did.</summary>
internal sealed class RunPhase
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(20);

    private volatile bool _sending = true;
    private volatile bool _measuring;
    private volatile string? _failure;

    public bool IsSending => _sending;

    public bool IsMeasuring => _measuring;

    public void StartMeasuring() => _measuring = true;

    public void StopMeasuring() => _measuring = false;

    public void StopSending() => _sending = false;

    /// <summary>Nothing fails in a workload unless something is wrong: the first failure ends the run.</summary>
    public void Fail(string reason)
    {
        _failure ??= reason;
        _sending = false;
    }

    /// <exception cref="BenchException">A client failed.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is { } reason) throw new BenchException(reason);
    }

    /// <summary>Lets the load that was started warm up, measures for a while, and stops the sending.</summary>
    /// <exception cref="BenchException">A client failed.</exception>
    public async Task<ServerUse> MeasureAsync(
        ServerUnderTest server, TimeSpan warmUp, TimeSpan measure, RunOutput output, Pacer? pacer, CancellationToken cancellationToken)
    {
        await output.WaitAsync($"{server.Kind}: warming up", warmUp, cancellationToken);
        ThrowIfFailed();
        var before = await server.Meter.ReadAsync(cancellationToken);
        StartMeasuring();
        pacer?.Record(true);
        await output.WaitAsync($"{server.Kind}: measuring", measure, cancellationToken);
        StopMeasuring();
        pacer?.Stop();
        var use = ServerMeter.Between(before, await server.Meter.ReadAsync(cancellationToken));
        StopSending();
        return use;
    }

    /// <summary>Waits until nothing is under way any more.</summary>
    /// <param name="missing">Says what is; null when nothing is.</param>
    /// <exception cref="BenchException">A client failed, or something was still under way long after the last send.</exception>
    public async Task DrainAsync(Func<string?> missing, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            ThrowIfFailed();
            if (missing() is not { } text) return;
            if (Stopwatch.GetElapsedTime(start) > DrainTimeout)
                throw new BenchException($"{DrainTimeout.TotalSeconds} s after the last send, {text}.");
            await Task.Delay(20, cancellationToken);
        }
    }
}
