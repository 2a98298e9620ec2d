using System.ComponentModel;
using System.Diagnostics;

namespace Chat.Bench.Measuring;

/// <summary>Processor time of the parties of a run, by the system's accounting.</summary>
/// <param name="Database">Null when the database's process is not ours to see.</param>
public readonly record struct CpuTimes(TimeSpan? Server, TimeSpan? Database, TimeSpan Generator, long Timestamp);

/// <summary>What was used between two readings.</summary>
/// <param name="GeneratorShare">The generator's part of all processors: 0–1.</param>
public sealed record CpuUse(TimeSpan? Server, TimeSpan? Database, TimeSpan Generator, TimeSpan Elapsed)
{
    public double GeneratorShare => Generator / (Elapsed * Environment.ProcessorCount);

    public double? ServerMicrosecondsPer(long count) => Per(Server, count);

    public double? DatabaseMicrosecondsPer(long count) => Per(Database, count);

    public double? GeneratorMicrosecondsPer(long count) => Per(Generator, count);

    private static double? Per(TimeSpan? time, long count) => count == 0 ? null : time?.TotalMicroseconds / count;
}

/// <summary>Reads processor times of other processes by their ids.</summary>
public sealed class CpuMeter(Func<int?> serverId, int? databaseId)
{
    public CpuTimes Read() => new(
        TimeOf(serverId()), TimeOf(databaseId), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());

    public static CpuUse Between(CpuTimes from, CpuTimes to) => new(
        to.Server - from.Server, to.Database - from.Database, to.Generator - from.Generator,
        Stopwatch.GetElapsedTime(from.Timestamp, to.Timestamp));

    private static TimeSpan? TimeOf(int? processId)
    {
        if (processId is not { } id) return null;
        try
        {
            using var process = Process.GetProcessById(id);
            return process.TotalProcessorTime;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return null;
        }
    }
}
