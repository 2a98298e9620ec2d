using System.ComponentModel;
using System.Diagnostics;

namespace Chat.Bench.Measuring;

/// <summary>Processor time of the parties of a run, by the system's accounting.</summary>
/// <param name="Server">Of all nodes; null when one of them is not ours to see.</param>
/// <param name="Redis">Null where there is none, or its process is not ours to see.</param>
/// <param name="Database">Null when the database's process is not ours to see.</param>
public readonly record struct CpuTimes(TimeSpan? Server, TimeSpan? Redis, TimeSpan? Database, TimeSpan Generator, long Timestamp);

/// <summary>What was used between two readings.</summary>
/// <param name="GeneratorShare">The generator's part of all processors: 0–1.</param>
public sealed record CpuUse(TimeSpan? Server, TimeSpan? Redis, TimeSpan? Database, TimeSpan Generator, TimeSpan Elapsed)
{
    public double GeneratorShare => Generator / (Elapsed * Environment.ProcessorCount);

    /// <summary>All nodes, and Redis, which only further nodes need.</summary>
    public double? ServerMicrosecondsPer(long count) => Per(Server + (Redis ?? TimeSpan.Zero), count);

    public double? RedisMicrosecondsPer(long count) => Per(Redis, count);

    public double? DatabaseMicrosecondsPer(long count) => Per(Database, count);

    public double? GeneratorMicrosecondsPer(long count) => Per(Generator, count);

    /// <summary>
    /// What all processors could do in a second at this cost, if nobody else used them. Where much else goes on, two servers are compared
    /// more justly by this than by what each reached.
    /// </summary>
    public double? EventsPerMachineSecond(long count)
    {
        var used = Server + Generator + (Redis ?? TimeSpan.Zero) + (Database ?? TimeSpan.Zero);
        return used is { } time && time > TimeSpan.Zero ? count * Environment.ProcessorCount / time.TotalSeconds : null;
    }

    private static double? Per(TimeSpan? time, long count) => count == 0 ? null : time?.TotalMicroseconds / count;
}

/// <summary>Reads processor times of other processes by their ids.</summary>
public sealed class CpuMeter(IReadOnlyList<Func<int?>> serverIds, int? databaseId, int? redisId = null)
{
    public CpuTimes Read() => new(
        TimeOfAll(serverIds), TimeOf(redisId), TimeOf(databaseId), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());

    public static CpuUse Between(CpuTimes from, CpuTimes to) => new(
        to.Server - from.Server, to.Redis - from.Redis, to.Database - from.Database, to.Generator - from.Generator,
        Stopwatch.GetElapsedTime(from.Timestamp, to.Timestamp));

    private static TimeSpan? TimeOfAll(IReadOnlyList<Func<int?>> processIds) =>
        processIds.Aggregate((TimeSpan?)TimeSpan.Zero, (sum, id) => sum + TimeOf(id()));

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
