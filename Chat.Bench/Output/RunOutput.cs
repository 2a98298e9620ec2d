using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Chat.Bench.Output;

/// <summary>Where a run says what it does. Long work shows its progress where somebody watches, and a line where nobody does.</summary>
public sealed class RunOutput
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        // Read by people and programs in a terminal, never by a browser.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly IAnsiConsole _console;
    private readonly TextWriter _writer;
    private readonly long _start = Stopwatch.GetTimestamp();

    private RunOutput(IAnsiConsole console, TextWriter writer)
    {
        (_console, _writer) = (console, writer);
        // A pipe or a file has no width; a table that is broken into three lines a row helps nobody there.
        if (!console.Profile.Capabilities.Interactive) console.Profile.Width = 200;
    }

    public static RunOutput Terminal { get; } = new(AnsiConsole.Console, Console.Out);

    /// <summary>For tests: plain lines.</summary>
    public static RunOutput To(TextWriter writer) => new(
        AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
        }),
        writer);

    public void Line(string text) => _writer.WriteLine(text);

    public void Table(Table table) => _console.Write(table);

    /// <summary>The last line of a command: one object, for programs.</summary>
    public void Result(object result) => _writer.WriteLine(JsonSerializer.Serialize(result, result.GetType(), Json));

    public Task PhaseAsync(string title, Func<IProgress<double>, Task> work) =>
        PhaseAsync(title, async progress =>
        {
            await work(progress);
            return true;
        });

    /// <param name="work">Reports its progress as 0–1.</param>
    public async Task<T> PhaseAsync<T>(string title, Func<IProgress<double>, Task<T>> work)
    {
        if (!_console.Profile.Capabilities.Interactive)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_start).TotalSeconds,6:N1} s  {title}"));
            return await work(new Nowhere());
        }
        return await _console.Progress().AutoClear(true).StartAsync(async context =>
        {
            var task = context.AddTask(Markup.Escape(title), maxValue: 1);
            return await work(new Bar(task));
        });
    }

    /// <summary>A phase that lasts a given time.</summary>
    public Task WaitAsync(string title, TimeSpan time, CancellationToken cancellationToken) =>
        PhaseAsync(title, async progress =>
        {
            var step = TimeSpan.FromMilliseconds(250);
            for (var passed = TimeSpan.Zero; passed < time; passed += step)
            {
                progress.Report(passed / time);
                await Task.Delay(time - passed < step ? time - passed : step, cancellationToken);
            }
        });

    private sealed class Nowhere : IProgress<double>
    {
        public void Report(double value)
        {
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = value;
    }
}
