using System.Diagnostics;

namespace Chat.Bench.Measuring;

/// <summary>Follows the resident memory of processes.</summary>
public sealed class MemoryPeak(IReadOnlyList<int> processIds)
{
    private readonly long _before = Read(processIds);

    /// <summary>The most that they had more than at the start, together, whenever it was looked at.</summary>
    public long GrowthBytes { get; private set; }

    public void Look() => GrowthBytes = Math.Max(GrowthBytes, Read(processIds) - _before);

    private static long Read(IReadOnlyList<int> processIds)
    {
        long bytes = 0;
        foreach (var id in processIds)
        {
            using var process = Process.GetProcessById(id);
            bytes += process.WorkingSet64;
        }
        return bytes;
    }
}
