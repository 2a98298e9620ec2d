using System.Diagnostics;

namespace Chat.Bench.Topology;

/// <summary>A server as a process of its own, as in production. It may be killed and started again at the same address.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly ServerLog _log = new();
    private Process? _process;

    private ServerProcess(string[] arguments, IReadOnlyDictionary<string, string> environment, Uri address) =>
        (_arguments, _environment, Address) = (arguments, environment, address);

    public Uri Address { get; }

    public Uri Hub => HubOf(Address);

    /// <summary>From the last start of the process until it said that it is ready, to some 10 ms.</summary>
    public TimeSpan StartTime { get; private set; }

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The server has not been started.");

    public bool HasExited => _process is null or { HasExited: true };

    public static Uri HubOf(Uri address) => new UriBuilder(address) { Scheme = "ws", Path = "/hub/chat" }.Uri;

    /// <summary>Starts it on a free port and waits until it is ready.</summary>
    /// <param name="connectionString">Empty for a kind without a database.</param>
    /// <param name="settings">Configuration on top of what a load run needs: <c>Section__Key</c>.</param>
    /// <exception cref="BenchException">It did not become ready; the message holds the end of its log.</exception>
    public static async Task<ServerProcess> StartAsync(
        ServerKind kind, string connectionString, IReadOnlyDictionary<string, string>? settings, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var server = new ServerProcess(
            ServerSettings.ArgumentsOf(kind), ServerSettings.EnvironmentOf(kind, connectionString, address, settings), address);
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        return server;
    }

    /// <summary>Starts it again where it was.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(_arguments[0]),
        };
        foreach (var argument in _arguments) start.ArgumentList.Add(argument);
        foreach (var (key, value) in _environment) start.Environment[key] = value;

        _process?.Dispose();
        var startedAt = Stopwatch.GetTimestamp();
        _process = Process.Start(start) ?? throw new BenchException("dotnet could not be started.");
        _log.Follow(_process);
        await WaitUntilReadyAsync(cancellationToken);
        StartTime = Stopwatch.GetElapsedTime(startedAt);
    }

    /// <summary>SIGKILL: it gets no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        if (_process is null || HasExited) return;
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, as an orchestrator sends it before it takes a node away; returns when the process has ended.</summary>
    /// <exception cref="BenchException">It had not ended in time; then it is killed.</exception>
    public async Task TerminateAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        await Signals.SendAsync("TERM", ProcessId);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(atMost);
        try
        {
            await _process!.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await KillAsync();
            throw new BenchException($"The server had not ended {atMost.TotalSeconds} s after SIGTERM:\n{LogExcerpt}");
        }
    }

    /// <summary>SIGSTOP: it keeps its sockets and does nothing any more.</summary>
    public Task FreezeAsync() => Signals.SendAsync("STOP", ProcessId);

    /// <summary>SIGCONT: it goes on where it was, without knowing that time has passed.</summary>
    public Task ThawAsync() => Signals.SendAsync("CONT", ProcessId);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
    }

    /// <summary>The first and the last lines that it printed.</summary>
    public string LogExcerpt => _log.Excerpt;

    /// <summary>See <see cref="ServerLog.CountOf"/>.</summary>
    public long CountLogged(string words) => _log.CountOf(words);

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await Health.IsReadyAsync(Address, cancellationToken))
        {
            if (HasExited) throw new BenchException($"The server ended while starting:\n{LogExcerpt}");
            if (Stopwatch.GetElapsedTime(start) > StartTimeout)
                throw new BenchException($"The server was not ready after {StartTimeout.TotalSeconds} s:\n{LogExcerpt}");
            await Task.Delay(PollInterval, cancellationToken);
        }
    }
}
