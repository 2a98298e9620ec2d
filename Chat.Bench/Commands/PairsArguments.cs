using System.CommandLine;
using Chat.Bench.Workloads.Pairs;

namespace Chat.Bench.Commands;

/// <summary>The size of the workload, as options of whichever command runs it.</summary>
internal sealed class PairsArguments(PairsOptions defaults)
{
    private readonly Option<int> _pairs = new("--pairs") { Description = "Pairs of users.", DefaultValueFactory = _ => defaults.Pairs };
    private readonly Option<int> _window = new("--window") { Description = "Sends of one user that wait for their result.", DefaultValueFactory = _ => defaults.Window };
    private readonly Option<double> _rate = new("--rate") { Description = "Messages per second of all together, whatever waits.", DefaultValueFactory = _ => defaults.Rate ?? 0 };
    private readonly Option<int> _text = new("--text") { Description = "Characters of a message.", DefaultValueFactory = _ => defaults.TextLength };
    private readonly Option<int> _words = new("--words") { Description = "Instead of one long word, so many words a message: what the search index has to do is theirs.", DefaultValueFactory = _ => defaults.Words };
    private readonly Option<bool> _receipts = new("--receipts") { Description = "Everybody marks what comes as delivered and read; a message counts once its sender was told that it was read." };
    private readonly Option<double> _warmUp = new("--warm-up") { Description = "Seconds before the measuring.", DefaultValueFactory = _ => defaults.WarmUp.TotalSeconds };
    private readonly Option<double> _measure = new("--measure") { Description = "Seconds of measuring.", DefaultValueFactory = _ => defaults.Measure.TotalSeconds };

    private bool IsPaced => defaults.Rate is not null;

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _pairs, IsPaced ? _rate : _window, _text, _words, _receipts, _warmUp, _measure }) command.Add(option);
    }

    public PairsOptions Read(ParseResult arguments) => new(
        arguments.GetValue(_pairs),
        IsPaced ? defaults.Window : arguments.GetValue(_window),
        arguments.GetValue(_text),
        TimeSpan.FromSeconds(arguments.GetValue(_warmUp)),
        TimeSpan.FromSeconds(arguments.GetValue(_measure)),
        arguments.GetValue(_receipts),
        IsPaced ? arguments.GetValue(_rate) : null) { Words = arguments.GetValue(_words) };
}
