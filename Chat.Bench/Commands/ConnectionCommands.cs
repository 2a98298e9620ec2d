using System.CommandLine;
using Chat.Bench.Workloads.Connect;
using Chat.Bench.Workloads.Idle;
using Chat.Bench.Workloads.Start;

namespace Chat.Bench.Commands;

/// <summary><c>idle</c>, <c>connect</c> and <c>start</c>: what connections cost, and how soon a server takes them.</summary>
internal static class ConnectionCommands
{
    public static Command Idle()
    {
        var (server, options) = (new ServerArguments(), new IdleArguments());
        var command = new Command("idle", "Memory per connection, 10,000 people connected who do nothing.");
        server.AddTo(command);
        options.AddTo(command);
        command.Runs((arguments, output, cancellationToken) => server.RunAsync(
            "idle", arguments, output, target => IdleRun.RunAsync(target, options.Read(arguments), output, cancellationToken), cancellationToken));
        return command;
    }

    public static Command Connect()
    {
        var (server, options) = (new ServerArguments(), new ConnectArguments());
        var command = new Command("connect", "People coming back per second: connected, chats listed, what is new synced.");
        server.AddTo(command);
        options.AddTo(command);
        command.Runs((arguments, output, cancellationToken) => server.RunAsync(
            "connect", arguments, output, target => ConnectRun.RunAsync(target, options.Read(arguments), output, cancellationToken), cancellationToken));
        return command;
    }

    public static Command Start()
    {
        var server = new ServerArguments();
        var runs = new Option<int>("--runs") { Description = "How often it is started.", DefaultValueFactory = _ => StartRun.DefaultRuns };
        var command = new Command("start", "Time from the start of a server's process to its first answers: medians.") { runs };
        server.AddTo(command);
        command.Runs((arguments, output, cancellationToken) => server.RunAsync(
            "start", arguments, output, target => StartRun.RunAsync(target, arguments.GetValue(runs), output, cancellationToken), cancellationToken,
            probed: false));
        return command;
    }
}
