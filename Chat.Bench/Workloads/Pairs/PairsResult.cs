using Chat.Bench.Checker;
using Chat.Bench.Measuring;

namespace Chat.Bench.Workloads.Pairs;

/// <param name="Driver">Of the database, with version; null where there is no database.</param>
/// <param name="MessagesPerSecond">A message counts when it was acknowledged to its sender and received by its partner.</param>
/// <param name="ServerCpuMicroseconds">Per message.</param>
/// <param name="DatabaseCpuMicroseconds">Per message.</param>
/// <param name="GeneratorCpuShare">Of all processors: 0–1. What the generator takes, the server lacks.</param>
/// <param name="Sent">With warm-up.</param>
/// <param name="Check">Null where only the receipt of every message was checked.</param>
public sealed record PairsResult(
    string Server,
    string? Driver,
    double MessagesPerSecond,
    LatencySummary SendToAck,
    LatencySummary SendToReceive,
    double? ServerCpuMicroseconds,
    double? DatabaseCpuMicroseconds,
    double GeneratorCpuShare,
    long Sent,
    CheckReport? Check)
{
    public bool Passed => Check is null or { Passed: true };
}
