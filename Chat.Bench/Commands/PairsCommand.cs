using System.CommandLine;
using System.CommandLine.Parsing;
using Chat.Bench.Output;
using Chat.Bench.Topology;
using Chat.Bench.Workloads.Pairs;

namespace Chat.Bench.Commands;

/// <summary><c>pairs</c>: one server under the load of people who talk two by two.</summary>
internal static class PairsCommand
{
    public static Command Create()
    {
        var options = new PairsArguments();
        var address = new Option<Uri?>("--address")
        {
            Description = "A server that runs already, with rate limits that fit; otherwise one is started, with a database of its own.",
            CustomParser = ReadAddress,
        };
        var database = new Option<string?>("--database") { Description = "With --address: the server's database, for the consistency check." };
        var kind = new Option<ServerKind>("--server") { Description = "What is started.", DefaultValueFactory = _ => ServerKind.Product };

        var command = new Command("pairs", "Messages per second and latencies, 200 users talking two by two.") { address, database, kind };
        options.AddTo(command);
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            var run = options.Read(arguments);
            if (arguments.GetValue(address) is { } running)
            {
                await using var attached = ServerUnderTest.Attach(running, arguments.GetValue(database));
                return Report(output, await PairsRun.RunAsync(attached, run, output, cancellationToken));
            }
            await using var instance = await output.PhaseAsync("Starting a private database", _ => PrivateDatabase.StartAsync(bufferPool: null, cancellationToken));
            await using var server = await ServerUnderTest.StartAsync(arguments.GetValue(kind), instance, "chat_pairs", settings: null, cancellationToken);
            return Report(output, await PairsRun.RunAsync(server, run, output, cancellationToken));
        });
        return command;
    }

    private static Uri? ReadAddress(ArgumentResult argument)
    {
        if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http") return address;
        argument.AddError($"{argument.Tokens[0].Value} is not an address like http://127.0.0.1:5080.");
        return null;
    }

    private static bool Report(RunOutput output, PairsResult result)
    {
        PairsTable.Print(output, [result]);
        if (result.Check is { } check) CheckTable.Print(output, check);
        output.Result(new { Command = "pairs", result.Passed, Result = result });
        return result.Passed;
    }
}
