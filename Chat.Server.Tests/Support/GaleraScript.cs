using System.Diagnostics;

namespace Chat.Server.Tests.Support;

/// <summary><c>eng/galera.sh</c>, for tests that run on its cluster and take a node away.</summary>
internal static class GaleraScript
{
    /// <summary>A node that comes back copies what it missed, or all of it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static void RequireCluster()
    {
        if (TestDatabase.OtherServerConnectionStrings.Count != 2)
            throw new InvalidOperationException($"{TestDatabase.OthersVariable} does not name two more nodes. These tests run by: eng/galera.sh test.");
    }

    public static async Task RunAsync(string command, string node)
    {
        var start = new ProcessStartInfo(Repository.PathOf("eng/galera.sh"), [command, node])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("eng/galera.sh did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        if (process.ExitCode != 0) throw new InvalidOperationException($"eng/galera.sh {command} {node} failed: {await errors.OrDeadline()}");
    }
}
