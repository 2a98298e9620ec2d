using System.CommandLine;
using System.CommandLine.Parsing;

namespace Chat.Bench.Commands;

/// <summary>Environment of every server that a command starts, whatever its kind: what is compared runs under the same settings.</summary>
internal sealed class SettingsArguments
{
    private readonly Option<Dictionary<string, string>> _environment = new("--set")
    {
        Description = "NAME=VALUE in the environment of the servers: DOTNET_… of the runtime, Section__Key of the product. May be repeated.",
        AllowMultipleArgumentsPerToken = false,
        CustomParser = Read,
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command) => command.Add(_environment);

    public IReadOnlyDictionary<string, string> Read(ParseResult arguments) => arguments.GetValue(_environment)!;

    private static Dictionary<string, string>? Read(ArgumentResult argument)
    {
        var settings = new Dictionary<string, string>();
        foreach (var token in argument.Tokens)
        {
            var at = token.Value.IndexOf('=', StringComparison.Ordinal);
            if (at > 0)
            {
                settings[token.Value[..at]] = token.Value[(at + 1)..];
                continue;
            }
            argument.AddError($"{token.Value} is not of the form NAME=VALUE.");
            return null;
        }
        return settings;
    }
}
