using System.CommandLine;
using Chat.Bench.Servers;

namespace Chat.Bench.Commands;

/// <summary><c>serve naive|floor</c>: the servers that the product is compared with. Configured like the product (ASPNETCORE_URLS, ConnectionStrings__Chat).</summary>
internal static class ServeCommand
{
    public static Command Create() => new("serve", "Hosts a server to compare with; other commands start it by themselves.")
    {
        Host("naive", "One transaction per message, then a push: what a team writes first.", NaiveServer.RunAsync),
        Host("floor", "A bare hub without a database.", FloorServer.RunAsync),
    };

    private static Command Host(string name, string description, Func<CancellationToken, Task> run)
    {
        var command = new Command(name, description);
        command.SetAction((_, cancellationToken) => run(cancellationToken));
        return command;
    }
}
