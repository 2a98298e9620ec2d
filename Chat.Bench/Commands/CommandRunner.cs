using System.CommandLine;
using Chat.Bench.Output;

namespace Chat.Bench.Commands;

/// <summary>What all commands have in common: how they end.</summary>
internal static class CommandRunner
{
    private const int Failed = 1;
    private const int Cancelled = 130;

    /// <param name="run">Returns whether all was well.</param>
    public static void Runs(this Command command, Func<ParseResult, RunOutput, CancellationToken, Task<bool>> run) =>
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var output = RunOutput.Terminal;
            try
            {
                return await run(arguments, output, cancellationToken) ? 0 : Failed;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                output.Result(new FailedResult(PathOf(command), "cancelled"));
                return Cancelled;
            }
            catch (Exception exception)
            {
                // What we expect explains itself; of anything else the place is wanted.
                output.Line(exception is BenchException ? exception.Message : exception.ToString());
                output.Result(new FailedResult(PathOf(command), exception.Message));
                return Failed;
            }
        });

    /// <summary>As it is typed: <c>chaos kill-server</c>.</summary>
    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand
            ? $"{PathOf(parent)} {command.Name}"
            : command.Name;

    private sealed record FailedResult(string Command, string Error, bool Passed = false);
}
