using System.CommandLine;
using Chat.Bench.Workloads.Idle;

namespace Chat.Bench.Commands;

/// <summary>The size of the workload, as options of whichever command runs it.</summary>
internal sealed class IdleArguments
{
    private static readonly IdleOptions Defaults = IdleOptions.Default;

    private readonly Option<int> _connections = new("--connections") { Description = "People who are connected; the limit of open files must allow for them.", DefaultValueFactory = _ => Defaults.Connections };
    private readonly Option<int> _chats = new("--chats") { Description = "Groups of 10 that each is in; the product only.", DefaultValueFactory = _ => Defaults.ChatsPerUser };
    private readonly Option<int> _atOnce = new("--at-once") { Description = "Connections that are being made at the same time.", DefaultValueFactory = _ => Defaults.AtOnce };
    private readonly Option<double> _hold = new("--hold") { Description = "Seconds for which all of them must last.", DefaultValueFactory = _ => Defaults.Hold.TotalSeconds };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _connections, _chats, _atOnce, _hold }) command.Add(option);
    }

    public IdleOptions Read(ParseResult arguments) => new(
        arguments.GetValue(_connections), arguments.GetValue(_chats), arguments.GetValue(_atOnce), TimeSpan.FromSeconds(arguments.GetValue(_hold)));
}
