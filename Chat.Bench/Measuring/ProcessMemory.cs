using System.Globalization;

namespace Chat.Bench.Measuring;

/// <summary>Reads what a process on this machine holds, by the system's accounting (Linux).</summary>
internal static class ProcessMemory
{
    // Not the clean pages: those are of files, mostly the runtime's code, and count as private or not by whether another process happens to run
    // on the same runtime. That comes and goes with 8 MB, a KiB for each of 8,000 connections.
    private static readonly string[] OwnKeys = ["Private_Dirty:", "Swap:"];

    /// <returns>Bytes that the process has written and nobody else has; null where they cannot be read.</returns>
    public static async Task<long?> ReadPrivateAsync(int processId, CancellationToken cancellationToken)
    {
        try
        {
            var lines = await File.ReadAllLinesAsync($"/proc/{processId}/smaps_rollup", cancellationToken);
            return lines.Where(line => OwnKeys.Any(key => line.StartsWith(key, StringComparison.Ordinal))).Sum(KibibytesOf) * 1024;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How many files and sockets a process of this user may open at most; null where it is not known.</summary>
    public static long? ReadOpenFilesLimit()
    {
        const string key = "Max open files";
        if (!File.Exists("/proc/self/limits")) return null;
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal));
        // Soft and hard; the runtime raises the first to the second.
        var hard = line?[key.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.TryParse(hard, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    private static long KibibytesOf(string line) =>
        long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
