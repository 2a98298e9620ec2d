using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Operations.Support;

/// <summary>The product's instruments of some servers: which there are, and which have reported something.</summary>
internal sealed class InstrumentLog : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Tally> _tallies = new();

    public InstrumentLog(params IEnumerable<IServiceProvider> servers)
    {
        // Meters of other servers in this process have other factories.
        var factories = servers.Select(server => server.GetRequiredService<IMeterFactory>()).ToList();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!factories.Contains(instrument.Meter.Scope) || !instrument.Meter.Name.StartsWith("Chat.", StringComparison.Ordinal)) return;
            listener.EnableMeasurementEvents(instrument, _tallies.GetOrAdd(instrument, _ => new Tally()));
        };
        _listener.SetMeasurementEventCallback<int>((_, value, _, tally) => ((Tally)tally!).Add(value));
        _listener.SetMeasurementEventCallback<long>((_, value, _, tally) => ((Tally)tally!).Add(value));
        _listener.SetMeasurementEventCallback<double>((_, value, _, tally) => ((Tally)tally!).Add(value));
        _listener.Start();
    }

    /// <summary>By name and unit.</summary>
    public IReadOnlyCollection<(string Name, string? Unit)> Instruments => [.. _tallies.Keys.Select(i => (i.Name, i.Unit)).Distinct()];

    public IReadOnlyCollection<string> Reported => [.. _tallies.Where(t => t.Value.HasReported).Select(t => t.Key.Name).Distinct()];

    /// <summary>Everything that an instrument reported, added up over the servers.</summary>
    public double SumOf(string name) => _tallies.Where(t => t.Key.Name == name).Sum(t => t.Value.Sum);

    /// <summary>Asks the instruments that report when they are asked.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    /// <summary>Allocates nothing per measurement, so that a test may count what measuring allocates.</summary>
    private sealed class Tally
    {
        private readonly Lock _gate = new();

        public double Sum { get; private set; }

        public bool HasReported { get; private set; }

        public void Add(double value)
        {
            lock (_gate) (Sum, HasReported) = (Sum + value, true);
        }
    }
}
