using System.CommandLine;
using Chat.Bench.Workloads.Connect;

namespace Chat.Bench.Commands;

/// <summary>The size of the workload, as options of whichever command runs it.</summary>
internal sealed class ConnectArguments
{
    private static readonly ConnectOptions Defaults = ConnectOptions.Default;

    private readonly Option<int> _users = new("--users") { Description = "People who take turns.", DefaultValueFactory = _ => Defaults.Users };
    private readonly Option<int> _chats = new("--chats") { Description = "Groups of 10 that each is in, at most 50.", DefaultValueFactory = _ => Defaults.ChatsPerUser };
    private readonly Option<int> _lagging = new("--lagging") { Description = "How many of them have something new.", DefaultValueFactory = _ => Defaults.Lagging };
    private readonly Option<int> _atOnce = new("--at-once") { Description = "People who are coming at the same time.", DefaultValueFactory = _ => Defaults.AtOnce };
    private readonly Option<double> _warmUp = new("--warm-up") { Description = "Seconds before the measuring.", DefaultValueFactory = _ => Defaults.WarmUp.TotalSeconds };
    private readonly Option<double> _measure = new("--measure") { Description = "Seconds of measuring.", DefaultValueFactory = _ => Defaults.Measure.TotalSeconds };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _users, _chats, _lagging, _atOnce, _warmUp, _measure }) command.Add(option);
    }

    public ConnectOptions Read(ParseResult arguments) => new(
        arguments.GetValue(_users), arguments.GetValue(_chats), arguments.GetValue(_lagging), arguments.GetValue(_atOnce),
        TimeSpan.FromSeconds(arguments.GetValue(_warmUp)), TimeSpan.FromSeconds(arguments.GetValue(_measure)));
}
