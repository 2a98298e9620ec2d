using System.Diagnostics;

namespace Chat.Bench.Workloads.Backplane;

/// <summary>Processor time of the nodes, which are this process, and of Redis.</summary>
internal sealed class BackplaneCpu(int redisId)
{
    private readonly TimeSpan _nodes = Environment.CpuUsage.TotalTime;
    private readonly TimeSpan _redis = Redis(redisId);
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Since this object was made.</summary>
    public (TimeSpan Nodes, TimeSpan Redis, TimeSpan Elapsed) Used =>
        (Environment.CpuUsage.TotalTime - _nodes, Redis(redisId) - _redis, Stopwatch.GetElapsedTime(_start));

    private static TimeSpan Redis(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }
}
