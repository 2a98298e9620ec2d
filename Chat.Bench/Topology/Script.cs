using System.Diagnostics;

namespace Chat.Bench.Topology;

/// <summary>Runs a script of the repository to its end.</summary>
internal static class Script
{
    /// <returns>What it printed.</returns>
    /// <exception cref="BenchException">It failed; the message holds what it said.</exception>
    public static async Task<string> RunAsync(
        string script, string[] arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(script);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment) start.Environment[key] = value;

        using var process = Process.Start(start) ?? throw new BenchException("bash could not be started.");
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        // A script that is cut off halfway leaves something running that nobody knows of; each of them is short.
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return process.ExitCode == 0
            ? await output
            : throw new BenchException($"{Path.GetFileName(script)} {string.Join(' ', arguments)} failed: {(await error).Trim()}");
    }
}
