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
        (Figures.DatabaseCpu, Cpu.DatabaseMicrosecondsPer(events)),
        (Figures.GeneratorCpu, Cpu.GeneratorMicrosecondsPer(events)),
        (Figures.GeneratorShare, Cpu.GeneratorShare),
        (Figures.AllocatedBytes, events == 0 ? null : (double?)AllocatedBytes / events),
        (Figures.GcPauseShare, GcPause / Cpu.Elapsed),
        (Figures.LockContentions, LockContentions / Cpu.Elapsed.TotalSeconds),
    ];
}

/// <summary>Reads what a server uses: from outside its processor time, from inside its runtime's counters where the bench started it.</summary>
public sealed class ServerMeter(CpuMeter cpu, ServerProbe? probe)
{
    public async Task<ServerReading> ReadAsync(CancellationToken cancellationToken) =>
        new(cpu.Read(), probe is null ? null : await probe.ReadAsync(cancellationToken));

    public static ServerUse Between(ServerReading from, ServerReading to) => new(
        CpuMeter.Between(from.Cpu, to.Cpu),
        to.Probe?.AllocatedBytes - from.Probe?.AllocatedBytes,
        to.Probe?.GcPause - from.Probe?.GcPause,
        to.Probe?.LockContentions - from.Probe?.LockContentions);
}
