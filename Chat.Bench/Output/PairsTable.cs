using System.Globalization;
using Chat.Bench.Workloads.Pairs;
using Spectre.Console;

namespace Chat.Bench.Output;

/// <summary>Prints runs of the workload, one a row.</summary>
internal static class PairsTable
{
    public static void Print(RunOutput output, IEnumerable<PairsResult> results)
    {
        var table = new Table().AddColumns(
            "server", "driver", "messages/s", "send→ack p50 / p99 ms", "send→receive p50 / p99 ms", "server µs", "database µs", "generator CPU");
        foreach (var result in results)
            table.AddRow(
                result.Server,
                result.Driver ?? "none",
                Number("N0", result.MessagesPerSecond),
                $"{Number("N2", result.SendToAck.P50Ms)} / {Number("N2", result.SendToAck.P99Ms)}",
                $"{Number("N2", result.SendToReceive.P50Ms)} / {Number("N2", result.SendToReceive.P99Ms)}",
                Number("N1", result.ServerCpuMicroseconds),
                Number("N1", result.DatabaseCpuMicroseconds),
                Number("P0", result.GeneratorCpuShare));
        output.Table(table);
    }

    internal static string Number(string format, double? value) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
