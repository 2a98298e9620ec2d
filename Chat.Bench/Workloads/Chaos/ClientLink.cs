using Chat.Bench.Checker;
using Chat.Bench.Client;
using Chat.Server.Errors;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>
/// What the parts of one client share: its state's lock, its connection while it has one, its clock, and what it found wrong.
/// </summary>
internal sealed class ClientLink : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Task> _calls = [];
    private readonly List<Contradiction> _contradictions = [];
    private HubCaller? _caller;
    private long _clock;

    public ClientLink(ResilientClientOptions options, ChaosCounters counters)
    {
        (Options, Counters) = (options, counters);
        Stopping = _stopping.Token;
    }

    /// <summary>Guards everything that a client knows. Held shortly, never across an await.</summary>
    public Lock Gate { get; } = new();

    public ResilientClientOptions Options { get; }

    public ChaosCounters Counters { get; }

    /// <summary>Null also when the last connection has ended and nobody has drawn the consequence yet. Under the gate.</summary>
    public HubCaller? Caller
    {
        get => _caller is { Completion.IsCompleted: false } ? _caller : null;
        set => _caller = value;
    }

    public CancellationToken Stopping { get; }

    public IReadOnlyList<Contradiction> Contradictions
    {
        get
        {
            lock (Gate) return [.. _contradictions];
        }
    }

    /// <summary>The client's own time: 1, 2, 3 … Under the gate.</summary>
    public long Tick() => ++_clock;

    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();

    /// <summary>Under the gate.</summary>
    public void Found(Contradiction? contradiction)
    {
        if (contradiction is not null) _contradictions.Add(contradiction);
    }

    public void CountError(HubCallException error, string method)
    {
        Counters.CountError(error.Code);
        // A contract code that no retry helps against, or none of the contract at all.
        var retryable = ErrorCodes.All.Any(code => code.Code == error.Code && code.Retryable);
        if (retryable) return;
        lock (Gate) Found(new Contradiction(CheckRules.OnlyRetryable, $"{method} was answered with {error.Message}"));
    }

    public Task RetryDelayAsync() => DelayAsync(Options.RetryDelay * (0.5 + Random.Shared.NextDouble()));

    /// <summary>Returns early when the client is stopped.</summary>
    public async Task DelayAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, Stopping);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at its state next, and finds out.
        }
    }

    /// <summary>Remembers work that belongs to the present connection. Under the gate.</summary>
    public void Track(Task work)
    {
        if (work.IsCompleted) return;
        _calls.Add(work);
        work.ContinueWith(
            done =>
            {
                lock (Gate) _calls.Remove(done);
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>
    /// Waits until everything that the last connection left open has been noticed: only then may a new one be used, or what
    /// was never sent would overtake what must be repeated.
    /// </summary>
    public async Task WhenQuietAsync()
    {
        while (true)
        {
            Task[] open;
            lock (Gate) open = [.. _calls];
            if (open.Length == 0) return;
            await Task.WhenAll(open);
            lock (Gate) _calls.ExceptWith(open);
        }
    }
}
