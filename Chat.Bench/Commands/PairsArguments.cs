using System.CommandLine;
using Chat.Bench.Workloads.Pairs;

namespace Chat.Bench.Commands;

/// <summary>The size of the workload, as options of whichever command runs it.</summary>
internal sealed class PairsArguments
{
    private readonly Option<int> _pairs = new("--pairs") { Description = "Pairs of users.", DefaultValueFactory = _ => PairsOptions.Default.Pairs };
    private readonly Option<int> _window = new("--window") { Description = "Sends of one user that wait for their result.", DefaultValueFactory = _ => PairsOptions.Default.Window };
    private readonly Option<int> _text = new("--text") { Description = "Characters of a message.", DefaultValueFactory = _ => PairsOptions.Default.TextLength };
    private readonly Option<double> _warmUp = new("--warm-up") { Description = "Seconds before the measuring.", DefaultValueFactory = _ => PairsOptions.Default.WarmUp.TotalSeconds };
    private readonly Option<double> _measure = new("--measure") { Description = "Seconds of measuring.", DefaultValueFactory = _ => PairsOptions.Default.Measure.TotalSeconds };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _pairs, _window, _text, _warmUp, _measure }) command.Add(option);
    }

    public PairsOptions Read(ParseResult arguments) => new(
        arguments.GetValue(_pairs),
        arguments.GetValue(_window),
        arguments.GetValue(_text),
        TimeSpan.FromSeconds(arguments.GetValue(_warmUp)),
        TimeSpan.FromSeconds(arguments.GetValue(_measure)));
}
