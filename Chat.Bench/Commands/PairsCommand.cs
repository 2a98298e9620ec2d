using System.CommandLine;
using Chat.Bench.Workloads.Pairs;

namespace Chat.Bench.Commands;

/// <summary><c>pairs</c> and <c>paced</c>: people who talk two by two, as fast as their windows let them or at a fixed pace.</summary>
internal static class PairsCommand
{
    public static Command Pairs() => Create(
        "pairs", "Messages per second and latencies, 200 users talking two by two.", PairsOptions.Default);

    public static Command Paced() => Create(
        "paced", "Latencies at a fixed number of messages per second, counted from when each should have been sent.", PairsOptions.Paced);

    private static Command Create(string name, string description, PairsOptions defaults)
    {
        var (server, options) = (new ServerArguments(), new PairsArguments(defaults));
        var command = new Command(name, description);
        server.AddTo(command);
        options.AddTo(command);
        command.Runs((arguments, output, cancellationToken) => server.RunAsync(
            name, arguments, output, target => PairsRun.RunAsync(target, options.Read(arguments), output, cancellationToken), cancellationToken));
        return command;
    }
}
