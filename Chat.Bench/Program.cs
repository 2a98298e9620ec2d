using System.CommandLine;
using Chat.Bench.Commands;

namespace Chat.Bench;

/// <summary>The commands. Each starts what it needs, ends with one line of JSON, and exits non-zero when something is wrong.</summary>
internal static class BenchProgram
{
    public static Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Measures the chat server, and tries to make it lose something.")
        {
            PairsCommand.Pairs(),
            PairsCommand.Paced(),
            GroupCommand.Create(),
            CompareCommand.Create(),
            ConnectionCommands.Idle(),
            ConnectionCommands.Connect(),
            ConnectionCommands.Start(),
            HistoryCommand.History(),
            HistoryCommand.Growth(),
            HistoryCommand.Lists(),
            MicroCommand.Create(),
            BackplaneCommand.Create(),
            ChaosCommand.Create(),
            ServeCommand.Create(),
        };
        // What was started must be stopped: Ctrl-C waits for that.
        return root.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
    }
}
