using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using NUnit.Framework.Interfaces;

namespace Chat.Server.Tests.Support;

/// <summary>Keeps what was logged, so that a test can look for what must, or must not, stand there.</summary>
public sealed class CapturedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>What the server complained about, beside the failure of a test that it may explain.</summary>
    public void WriteIfFailed()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status != TestStatus.Failed) return;
        foreach (var line in _lines.Where(l => !l.StartsWith("Information", StringComparison.Ordinal)).TakeLast(20))
            TestContext.Out.WriteLine(line);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
    }
}
