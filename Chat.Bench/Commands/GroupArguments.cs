using System.CommandLine;
using Chat.Bench.Workloads.Group;

namespace Chat.Bench.Commands;

/// <summary>The size of the workload, as options of whichever command runs it.</summary>
internal sealed class GroupArguments
{
    private static readonly GroupOptions Defaults = GroupOptions.Default;

    private readonly Option<int> _online = new("--online") { Description = "Members with a connection, the sender included; at most 1,024.", DefaultValueFactory = _ => Defaults.Online };
    private readonly Option<int> _offline = new("--offline") { Description = "Further members without one; the product only.", DefaultValueFactory = _ => Defaults.Offline };
    private readonly Option<int> _window = new("--window") { Description = "Messages that have not reached everybody yet.", DefaultValueFactory = _ => Defaults.Window };
    private readonly Option<int> _text = new("--text") { Description = "Characters of a message.", DefaultValueFactory = _ => Defaults.TextLength };
    private readonly Option<double> _warmUp = new("--warm-up") { Description = "Seconds before the measuring.", DefaultValueFactory = _ => Defaults.WarmUp.TotalSeconds };
    private readonly Option<double> _measure = new("--measure") { Description = "Seconds of measuring.", DefaultValueFactory = _ => Defaults.Measure.TotalSeconds };

    private readonly Option<bool> _channel = new("--channel") { Description = "A channel instead of a group; the product only." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _online, _offline, _window, _text, _warmUp, _measure, _channel }) command.Add(option);
    }

    public GroupOptions Read(ParseResult arguments) => new(
        arguments.GetValue(_online),
        arguments.GetValue(_offline),
        arguments.GetValue(_window),
        arguments.GetValue(_text),
        TimeSpan.FromSeconds(arguments.GetValue(_warmUp)),
        TimeSpan.FromSeconds(arguments.GetValue(_measure)),
        arguments.GetValue(_channel));
}
