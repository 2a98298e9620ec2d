using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Chat.Bench.Micro;
using Chat.Bench.Output;
using Perfolizer.Horology;
using Spectre.Console;

namespace Chat.Bench.Commands;

/// <summary><c>micro</c>: what single steps of a message's way cost, without sockets and without a database.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var filter = new Option<string?>("--filter") { Description = "Benchmarks whose names hold this text." };
        var verbose = new Option<bool>("--verbose") { Description = "All that BenchmarkDotNet says." };
        var command = new Command("micro", "Time and allocation of single steps: frames, pushes, batches, roster checks.") { filter, verbose };
        command.Runs(async (arguments, output, cancellationToken) =>
        {
            var figures = await Task.Run(() => Run(arguments.GetValue(filter), arguments.GetValue(verbose), output), cancellationToken);
            if (figures.Count == 0) throw new BenchException($"No benchmark's name holds {arguments.GetValue(filter)}.");
            Print(output, figures);
            var passed = figures.All(f => f.Nanoseconds is not null);
            output.Result(new { Command = "micro", Passed = passed, Result = figures });
            return passed;
        });
        return command;
    }

    private static List<MicroFigure> Run(string? filter, bool verbose, RunOutput output)
    {
        // In this process: a benchmark project is generated and built otherwise, which needs the package feed and much more time.
        // Short, but the median of several; the machine's noise is larger than what longer runs would gain.
        var job = Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithMinIterationTime(TimeInterval.FromMilliseconds(100))
            .WithIterationTime(TimeInterval.FromMilliseconds(150))
            .WithWarmupCount(5)
            .WithIterationCount(15);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(verbose ? ConsoleLogger.Default : NullLogger.Instance)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "chat-bench-micro"))
            .WithOptions(ConfigOptions.DisableOptimizationsValidator);
        if (filter is not null)
            config.AddFilter(new BenchmarkDotNet.Filters.SimpleFilter(benchmark => benchmark.Descriptor.WorkloadMethod.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)));

        var figures = new List<MicroFigure>();
        foreach (var benchmarks in (Type[])[typeof(Frames), typeof(Batches), typeof(Rosters)])
        {
            output.Line($"Running {benchmarks.Name}");
            figures.AddRange(BenchmarkRunner.Run(benchmarks, config).Reports.Select(FigureOf));
        }
        return figures;
    }

    private static MicroFigure FigureOf(BenchmarkReport report) => new(
        report.BenchmarkCase.Descriptor.WorkloadMethod.Name,
        report.ResultStatistics?.Median,
        report.ResultStatistics?.Min,
        report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase));

    private static void Print(RunOutput output, List<MicroFigure> figures)
    {
        var table = new Table().AddColumns("step", "median ns", "lowest ns", "allocated B");
        foreach (var (name, median, lowest, bytes) in figures)
            table.AddRow(name, median?.ToString("N0") ?? "failed", lowest?.ToString("N0") ?? "–", bytes?.ToString("N0") ?? "–");
        output.Table(table);
    }

    /// <param name="Nanoseconds">Of one operation, the median; null when it failed.</param>
    /// <param name="LowestNanoseconds">On a machine that does other things as well, the nearer to the truth.</param>
    private sealed record MicroFigure(string Step, double? Nanoseconds, double? LowestNanoseconds, long? AllocatedBytes);
}
