namespace Chat.Bench.Measuring;

/// <summary>What a server had used when it was read.</summary>
public sealed record ServerReading(CpuTimes Cpu, ProbeReading? Probe);

/// <summary>What it used between two readings.</summary>
public sealed record ServerUse(CpuUse Cpu, long? AllocatedBytes, TimeSpan? GcPause, long? LockContentions)
{
    /// <summary>The figures that every workload reports, per event of its kind.</summary>
    public IEnumerable<(Figure Figure, double? Value)> PerEvent(long events) =>
    [
        (Figures.ServerCpu, Cpu.ServerMicrosecondsPer(events)),
        (Figures.RedisCpu, Cpu.RedisMicrosecondsPer(events)),
        (Figures.DatabaseCpu, Cpu.DatabaseMicrosecondsPer(events)),
        (Figures.GeneratorCpu, Cpu.GeneratorMicrosecondsPer(events)),
        (Figures.Capacity, Cpu.EventsPerMachineSecond(events)),
        (Figures.GeneratorShare, Cpu.GeneratorShare),
        (Figures.AllocatedBytes, events == 0 ? null : (double?)AllocatedBytes / events),
        (Figures.GcPauseShare, GcPause / Cpu.Elapsed),
        (Figures.LockContentions, LockContentions / Cpu.Elapsed.TotalSeconds),
    ];
}

/// <summary>Reads what the nodes of a server use: from outside their processor time, from inside their runtimes' counters where the bench started them.</summary>
public sealed class ServerMeter(CpuMeter cpu, IReadOnlyList<ServerProbe> probes)
{
    public async Task<ServerReading> ReadAsync(CancellationToken cancellationToken)
    {
        var times = cpu.Read();
        ProbeReading? sum = null;
        foreach (var probe in probes)
        {
            var reading = await probe.ReadAsync(cancellationToken);
            sum = sum is null ? reading : sum.Plus(reading);
        }
        return new ServerReading(times, sum);
    }

    public static ServerUse Between(ServerReading from, ServerReading to) => new(
        CpuMeter.Between(from.Cpu, to.Cpu),
        to.Probe?.AllocatedBytes - from.Probe?.AllocatedBytes,
        to.Probe?.GcPause - from.Probe?.GcPause,
        to.Probe?.LockContentions - from.Probe?.LockContentions);
}
