using System.Collections.Concurrent;

namespace Chat.Server.Tests.Properties;

/// <summary>What happened in a run, and what should not have.</summary>
internal sealed class Findings
{
    private readonly ConcurrentQueue<string> _happened = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly long _start = TimeProvider.System.GetTimestamp();

    public IReadOnlyCollection<string> Faults => _faults;

    public void Happened(string what) => _happened.Enqueue($"{TimeProvider.System.GetElapsedTime(_start).TotalMilliseconds,6:0} {what}");

    public void Fault(string what)
    {
        Happened($"FAULT {what}");
        _faults.Enqueue(what);
    }

    /// <exception cref="BrokenPromiseException">Something should not have happened.</exception>
    public void ThrowIfAny()
    {
        if (_faults.IsEmpty) return;
        throw new BrokenPromiseException(
            $"{string.Join('\n', _faults.Take(40))}\n--- what happened (ms) ---\n{string.Join('\n', _happened.TakeLast(300))}");
    }
}

/// <summary>What is wrong, and how it came about.</summary>
internal sealed class BrokenPromiseException(string what) : Exception(what)
{
    /// <summary>Where it was thrown tells nothing.</summary>
    public override string ToString() => Message;
}
