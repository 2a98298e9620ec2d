using System.CommandLine;
using Chat.Bench.Servers;
using Chat.Bench.Workloads.Backplane;

namespace Chat.Bench.Commands;

/// <summary>
/// <c>serve naive|floor</c>: the servers that the product is compared with. Configured like the product (ASPNETCORE_URLS, ConnectionStrings__Chat).
/// <c>serve flood</c>: nodes that only send, for <c>backplane flood</c>.
/// </summary>
internal static class ServeCommand
{
    public static Command Create() => new("serve", "Hosts a server to compare with; other commands start it by themselves.")
    {
        Host("naive", "One transaction per message, then a push: what a team writes first.", NaiveServer.RunAsync),
        Host("floor", "A bare hub without a database.", FloorServer.RunAsync),
        Flood(),
    };

    private static Command Flood()
    {
        var redis = new Option<string>("--redis") { Required = true };
        var nodes = new Option<int>("--nodes") { Required = true };
        var rate = new Option<int>("--rate") { Required = true };
        var command = new Command("flood", "Nodes that only push, to nobody.") { redis, nodes, rate };
        command.SetAction((arguments, cancellationToken) =>
            FloodSender.RunAsync(arguments.GetValue(redis)!, arguments.GetValue(nodes), arguments.GetValue(rate), cancellationToken));
        return command;
    }

    private static Command Host(string name, string description, Func<CancellationToken, Task> run)
    {
        var command = new Command(name, description);
        command.SetAction((_, cancellationToken) => run(cancellationToken));
        return command;
    }
}
