using System.Diagnostics;
using System.Globalization;

namespace Chat.Bench.Topology;

/// <summary>Sends signals by their names: the numbers differ between systems.</summary>
internal static class Signals
{
    /// <param name="name">STOP, CONT, TERM …</param>
    /// <exception cref="BenchException">There is no such process of ours.</exception>
    public static async Task SendAsync(string name, int processId)
    {
        var start = new ProcessStartInfo("kill") { RedirectStandardError = true };
        start.ArgumentList.Add("-s");
        start.ArgumentList.Add(name);
        start.ArgumentList.Add(processId.ToString(CultureInfo.InvariantCulture));
        using var kill = Process.Start(start) ?? throw new BenchException("kill could not be started.");
        var error = await kill.StandardError.ReadToEndAsync();
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0) throw new BenchException($"SIG{name} could not be sent to process {processId}: {error.Trim()}");
    }
}
