using System.Diagnostics.Metrics;
using Chat.Server.Hosting;

namespace Chat.Server.Realtime;

/// <summary>What pushes and the talk between nodes report, on the meter <see cref="NodeMetrics.MeterName"/>.</summary>
public sealed class RealtimeMetrics
{
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _published;
    private readonly Counter<long> _received;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _missed;
    private readonly Counter<long> _recoveries;
    private readonly Histogram<double> _delay;
    private readonly Counter<long> _heldBack;
    private readonly Counter<long> _repairs;
    private long _pendingBytes;
    private long _droppedClients;
    private long _lostPushes;
    private volatile Func<bool>? _busHealthy;

    public RealtimeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(NodeMetrics.MeterName);
        meter.CreateObservableGauge("chat.push.pending", () => PendingBytes, "By", "Bytes held for clients that read too slowly");
        meter.CreateObservableGauge(
            "chat.bus.healthy", () => _busHealthy is { } healthy ? [new Measurement<int>(healthy() ? 1 : 0)] : Array.Empty<Measurement<int>>(),
            "1", "1 while this node hears the others through Redis; absent without Redis");
        _dropped = meter.CreateCounter<long>("chat.push.dropped_clients", "{connection}", "Connections closed because their client did not read");
        _published = meter.CreateCounter<long>("chat.bus.published", "{entry}", "Entries sent to the other nodes");
        _received = meter.CreateCounter<long>("chat.bus.received", "{entry}", "Entries of other nodes");
        _lost = meter.CreateCounter<long>("chat.bus.lost", "{entry}", "Entries that could not be sent to the other nodes");
        _missed = meter.CreateCounter<long>("chat.bus.missed", "{entry}", "Entries of other nodes that never came");
        _recoveries = meter.CreateCounter<long>("chat.bus.recoveries", "{recovery}", "Times that local clients were asked to catch up");
        _delay = meter.CreateHistogram(
            "chat.bus.delay", "s", "How long what this node tells the others takes through Redis, measured by its own echo",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
        _heldBack = meter.CreateCounter<long>(
            "chat.bus.held_back", "{push}", "Pushes of other nodes to chats, not delivered while their members were uncertain here");
        _repairs = meter.CreateCounter<long>(
            "chat.connections.repaired", "{difference}", "Chats and sessions in which a connection was found to differ from the database");
    }

    public long PendingBytes => Interlocked.Read(ref _pendingBytes);

    public long DroppedClients => Interlocked.Read(ref _droppedClients);

    /// <summary>Entries that this node could not send to the others, and which they will find missing.</summary>
    public long LostEntries => Interlocked.Read(ref _lostPushes);

    public void PendingBytesChanged(long by) => Interlocked.Add(ref _pendingBytes, by);

    /// <param name="reason">One of <see cref="Outputs.DropReasons"/>.</param>
    public void ClientDropped(string reason)
    {
        Interlocked.Increment(ref _droppedClients);
        _dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));
    }

    public void Published(string channel, int count) => _published.Add(count, Channel(channel));

    public void Received(string channel, int count) => _received.Add(count, Channel(channel));

    public void Lost(string channel, long count)
    {
        Interlocked.Add(ref _lostPushes, count);
        _lost.Add(count, Channel(channel));
    }

    public void Missed(string channel, long count) => _missed.Add(count, Channel(channel));

    /// <summary>Whether anybody wants to know the delay.</summary>
    public bool MeasuresDelay => _delay.Enabled;

    public void Delayed(string channel, TimeSpan by) => _delay.Record(by.TotalSeconds, Channel(channel));

    public void Recovered() => _recoveries.Add(1);

    public void HeldBack() => _heldBack.Add(1);

    public void Repaired(int count) => _repairs.Add(count);

    public void WatchBus(Func<bool> isHealthy) => _busHealthy = isHealthy;

    private static KeyValuePair<string, object?> Channel(string channel) => new("channel", channel);
}
