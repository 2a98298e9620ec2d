using System.CommandLine;
using System.CommandLine.Parsing;
using Chat.Bench.Measuring;
using Chat.Bench.Output;
using Chat.Bench.Topology;

namespace Chat.Bench.Commands;

/// <summary>Which server a workload runs against: one that runs already, or one that is started with a database of its own.</summary>
internal sealed class ServerArguments
{
    private readonly Option<Uri?> _address = new("--address")
    {
        Description = "A server that runs already, with rate limits that fit; otherwise one is started.",
        CustomParser = ReadAddress,
    };

    private readonly Option<string?> _database = new("--database") { Description = "With --address: the server's database, for the consistency check." };
    private readonly Option<int?> _processId = new("--pid") { Description = "With --address: the server's process on this machine, for its processor time and memory." };
    private readonly Option<ServerKind> _kind = new("--server") { Description = "What is started, or runs at the address.", DefaultValueFactory = _ => ServerKind.Product };
    private readonly SettingsArguments _settings = new();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _address, _database, _processId, _kind }) command.Add(option);
        _settings.AddTo(command);
    }

    /// <summary>Runs a workload, prints its result, and writes it as the command's last line.</summary>
    public async Task<bool> RunAsync(
        string command, ParseResult arguments, RunOutput output, Func<ServerUnderTest, Task<RunResult>> run, CancellationToken cancellationToken,
        bool probed = true)
    {
        var result = await RunOnAsync(command, arguments, output, run, probed, cancellationToken);
        ResultTable.Print(output, result);
        if (result.Check is { } check) CheckTable.Print(output, check);
        output.Result(new { Command = command, result.Passed, Result = result });
        return result.Passed;
    }

    private async Task<RunResult> RunOnAsync(
        string command, ParseResult arguments, RunOutput output, Func<ServerUnderTest, Task<RunResult>> run, bool probed, CancellationToken cancellationToken)
    {
        var kind = arguments.GetValue(_kind);
        if (arguments.GetValue(_address) is { } address)
        {
            await using var attached = ServerUnderTest.Attach(kind, address, arguments.GetValue(_database), arguments.GetValue(_processId));
            return await run(attached);
        }
        // A server without a database does not wait for one.
        await using var instance = !kind.HasDatabase() ? null : await output.PhaseAsync("Starting a private database", _ => PrivateDatabase.StartAsync(bufferPool: null, cancellationToken));
        await using var server = await ServerUnderTest.StartAsync(kind, instance, $"chat_{command}", _settings.Read(arguments), cancellationToken, probed);
        return await run(server);
    }

    private static Uri? ReadAddress(ArgumentResult argument)
    {
        if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http") return address;
        argument.AddError($"{argument.Tokens[0].Value} is not an address like http://127.0.0.1:5080.");
        return null;
    }
}
