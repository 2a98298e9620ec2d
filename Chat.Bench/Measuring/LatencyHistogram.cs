using System.Diagnostics;
using System.Numerics;

namespace Chat.Bench.Measuring;

/// <summary>
/// Counts durations in buckets that grow with the value: at most 1.6 % wide, from a microsecond to over an hour, in 17 KiB whatever
/// the count. One writer at a time; merge when the writers are done.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>Each power of two of microseconds is cut in 2^6 equal buckets.</summary>
    private const int SubBits = 6;
    private const int MaxBits = 32;

    private readonly long[] _counts = new long[(MaxBits - SubBits + 1) << SubBits];

    public long Count { get; private set; }

    /// <param name="from">A timestamp of <see cref="Stopwatch"/>.</param>
    public void Record(long from, long to) => Record(Stopwatch.GetElapsedTime(from, to));

    public void Record(TimeSpan duration)
    {
        _counts[BucketOf(Math.Max(0, (long)duration.TotalMicroseconds))]++;
        Count++;
    }

    public void Merge(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
    }

    /// <summary>The upper end of the bucket that holds the given share of all; zero when there is nothing.</summary>
    /// <param name="share">0–1: 0.99 for p99.</param>
    public TimeSpan Percentile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(Count * share));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return TimeSpan.FromMicroseconds(UpperEndOf(i));
        }
        return TimeSpan.Zero;
    }

    private static int BucketOf(long microseconds)
    {
        microseconds = Math.Min(microseconds, (1L << MaxBits) - 1);
        // Below 2^SubBits a bucket is one microsecond; above, the leading bits choose it.
        var shift = Math.Max(0, BitOperations.Log2((ulong)microseconds | 1) - SubBits);
        return (shift << SubBits) + (int)(microseconds >> shift);
    }

    private static long UpperEndOf(int bucket)
    {
        var shift = Math.Max(0, (bucket >> SubBits) - 1);
        var leading = bucket - (shift << SubBits);
        return ((leading + 1L) << shift) - 1;
    }
}

/// <summary>The percentiles that reports show, in milliseconds.</summary>
public sealed record LatencySummary(double P50Ms, double P99Ms, double MaxMs, long Count)
{
    public static LatencySummary Of(LatencyHistogram histogram) => new(
        histogram.Percentile(0.50).TotalMilliseconds, histogram.Percentile(0.99).TotalMilliseconds,
        histogram.Percentile(1).TotalMilliseconds, histogram.Count);

    /// <returns>Null when nothing was recorded.</returns>
    public static LatencySummary? Of(IEnumerable<LatencyHistogram> histograms)
    {
        var all = new LatencyHistogram();
        foreach (var histogram in histograms) all.Merge(histogram);
        return all.Count == 0 ? null : Of(all);
    }
}
