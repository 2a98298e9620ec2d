namespace Chat.Bench.Measuring;

/// <summary>A kind of figure that runs report.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Title">Its name in tables, with the unit.</param>
/// <param name="Format">Of its numbers in tables.</param>
public sealed record Figure(string Key, string Title, string Format);

/// <summary>All figures, in the order in which tables show them.</summary>
public static class Figures
{
    public static readonly Figure MessagesPerSecond = new("messagesPerSecond", "messages/s", "N0");
    public static readonly Figure DeliveriesPerSecond = new("deliveriesPerSecond", "deliveries/s", "N0");
    public static readonly Figure AckP50 = new("sendToAckP50Ms", "send→ack p50, ms", "N2");
    public static readonly Figure AckP99 = new("sendToAckP99Ms", "send→ack p99, ms", "N2");
    public static readonly Figure ReceiveP50 = new("sendToReceiveP50Ms", "send→receive p50, ms", "N2");
    public static readonly Figure ReceiveP99 = new("sendToReceiveP99Ms", "send→receive p99, ms", "N2");
    public static readonly Figure ReadP50 = new("sendToReadP50Ms", "send→read p50, ms", "N2");
    public static readonly Figure ReadP99 = new("sendToReadP99Ms", "send→read p99, ms", "N2");
    public static readonly Figure PacerLateP99 = new("pacerLateP99Ms", "pacer late p99, ms", "N2");
    public static readonly Figure Connections = new("connections", "connections", "N0");
    public static readonly Figure KibibytesPerConnection = new("kibibytesPerConnection", "server, KiB per connection", "N1");
    public static readonly Figure HeapKibibytesPerConnection = new("heapKibibytesPerConnection", "of it on the heap, KiB", "N1");
    public static readonly Figure ConnectsPerSecond = new("connectsPerSecond", "connects/s", "N0");
    public static readonly Figure ConnectP50 = new("connectP50Ms", "connect p50, ms", "N2");
    public static readonly Figure ConnectP99 = new("connectP99Ms", "connect p99, ms", "N2");
    public static readonly Figure IdleCpu = new("idleCpuMicroseconds", "server, µs per connection and second", "N2");
    public static readonly Figure FirstStart = new("firstStartMs", "first start, on an empty database, ms", "N0");
    public static readonly Figure Started = new("startMs", "start to first answer, ms", "N0");
    public static readonly Figure FirstCall = new("firstCallMs", "start to first hub call, ms", "N0");
    public static readonly Figure ServerCpu = new("serverCpuMicroseconds", "server, µs per event", "N1");
    public static readonly Figure RedisCpu = new("redisCpuMicroseconds", "of which Redis, µs per event", "N1");
    public static readonly Figure DatabaseCpu = new("databaseCpuMicroseconds", "database, µs per event", "N1");
    public static readonly Figure GeneratorCpu = new("generatorCpuMicroseconds", "generator, µs per event", "N1");
    public static readonly Figure Capacity = new("eventsPerMachineSecond", "events/s, were the machine its own", "N0");
    public static readonly Figure GeneratorShare = new("generatorCpuShare", "generator's share of the machine", "P0");

    public static readonly Figure AllocatedBytes = new("allocatedBytes", "server allocates, B per event", "N0");
    public static readonly Figure GcPauseShare = new("gcPauseShare", "server in GC pauses", "P1");
    public static readonly Figure LockContentions = new("lockContentionsPerSecond", "server's lock waits/s", "N0");

    private static readonly Figure[] All =
    [
        MessagesPerSecond, DeliveriesPerSecond,
        AckP50, AckP99, ReceiveP50, ReceiveP99, ReadP50, ReadP99, PacerLateP99,
        Connections, KibibytesPerConnection, HeapKibibytesPerConnection, ConnectsPerSecond, ConnectP50, ConnectP99, IdleCpu,
        FirstStart, Started, FirstCall,
        ServerCpu, RedisCpu, DatabaseCpu, GeneratorCpu, Capacity, GeneratorShare, AllocatedBytes, GcPauseShare, LockContentions,
    ];

    /// <summary>Leaves out what was not measured.</summary>
    public static IReadOnlyDictionary<string, double> Gather(params IEnumerable<(Figure Figure, double? Value)> values) =>
        values.Where(v => v.Value is not null).ToDictionary(v => v.Figure.Key, v => v.Value!.Value);

    /// <summary>The figures that one of these holds.</summary>
    public static IReadOnlyList<Figure> In(IEnumerable<IEnumerable<string>> keys)
    {
        var present = keys.SelectMany(k => k).ToHashSet();
        return [.. All.Where(figure => present.Contains(figure.Key))];
    }
}
