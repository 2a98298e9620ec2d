namespace Chat.Bench.Workloads.Pairs;

/// <summary>What all clients of a run do at the moment, and why it failed if it did.</summary>
internal sealed class PairsPhase
{
    private volatile bool _sending = true;
    private volatile bool _measuring;
    private volatile string? _failure;

    public bool IsSending => _sending;

    public bool IsMeasuring => _measuring;

    public void StartMeasuring() => _measuring = true;

    public void StopMeasuring() => _measuring = false;

    public void StopSending() => _sending = false;

    /// <summary>Nothing fails in this workload unless something is wrong: the first failure ends the run.</summary>
    public void Fail(string reason)
    {
        _failure ??= reason;
        _sending = false;
    }

    /// <exception cref="BenchException">A client failed.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is { } reason) throw new BenchException(reason);
    }
}
