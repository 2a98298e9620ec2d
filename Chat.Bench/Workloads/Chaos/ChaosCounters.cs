using System.Collections.Concurrent;
using Chat.Bench.Measuring;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>What all clients of a run went through. For several threads.</summary>
public sealed class ChaosCounters
{
    private readonly ConcurrentDictionary<string, long> _errors = new();
    private long _connected;
    private long _connectFailed;
    private long _connectionsLost;
    private long _acknowledged;
    private long _repeated;
    private long _syncs;
    private long _resyncs;

    /// <summary>Answers to calls, by error code.</summary>
    public IReadOnlyDictionary<string, long> Errors => new SortedDictionary<string, long>(_errors);

    public long Connected => Interlocked.Read(ref _connected);

    public long ConnectFailed => Interlocked.Read(ref _connectFailed);

    public long ConnectionsLost => Interlocked.Read(ref _connectionsLost);

    /// <summary>Sends whose result came, each message once.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Sends of a message that had been sent before.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    public long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>Times that a client was told to catch up.</summary>
    public long Resyncs => Interlocked.Read(ref _resyncs);

    /// <summary>From when a message was written until its result came.</summary>
    public SharedHistogram Acknowledgements { get; } = new();

    public Deliveries Deliveries { get; } = new();

    public long ErrorsOf(string code) => _errors.GetValueOrDefault(code);

    internal void CountError(string code) => _errors.AddOrUpdate(code, 1, (_, count) => count + 1);

    internal void CountConnected() => Interlocked.Increment(ref _connected);

    internal void CountConnectFailed() => Interlocked.Increment(ref _connectFailed);

    internal void CountConnectionLost() => Interlocked.Increment(ref _connectionsLost);

    internal void CountAcknowledged(TimeSpan after)
    {
        Interlocked.Increment(ref _acknowledged);
        Acknowledgements.Record(after);
    }

    internal void CountRepeated() => Interlocked.Increment(ref _repeated);

    internal void CountSync() => Interlocked.Increment(ref _syncs);

    internal void CountResync() => Interlocked.Increment(ref _resyncs);
}
