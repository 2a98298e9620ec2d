using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Bench.Measuring;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>How long messages take from being written to being pushed to each of the others. For several threads.</summary>
public sealed class Deliveries
{
    private readonly ConcurrentDictionary<Guid, long> _writtenAt = new();
    private readonly SharedHistogram _latencies = new();

    internal void Written(Guid clientMessageId, long at) => _writtenAt[clientMessageId] = at;

    /// <summary>A push came; system messages, which nobody wrote, do not count.</summary>
    internal void Arrived(Guid clientMessageId)
    {
        if (_writtenAt.TryGetValue(clientMessageId, out var at)) _latencies.Record(Stopwatch.GetElapsedTime(at));
    }

    /// <summary>What was recorded since the last taking.</summary>
    public LatencyHistogram Take() => _latencies.Take();
}
