using System.CommandLine;
using Chat.Bench.Workloads.Group;

namespace Chat.Bench.Commands;

/// <summary><c>group</c>: one member of a large group sends, all others receive.</summary>
internal static class GroupCommand
{
    public static Command Create()
    {
        var (server, options) = (new ServerArguments(), new GroupArguments());
        var command = new Command("group", "Deliveries per second in a group of 500 online members, one of whom sends.");
        server.AddTo(command);
        options.AddTo(command);
        command.Runs((arguments, output, cancellationToken) => server.RunAsync(
            "group", arguments, output, target => GroupRun.RunAsync(target, options.Read(arguments), output, cancellationToken), cancellationToken));
        return command;
    }
}
