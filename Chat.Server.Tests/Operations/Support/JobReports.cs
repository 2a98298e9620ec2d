using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Operations.Support;

/// <summary>What the background jobs of a server report, by job and outcome.</summary>
internal sealed class JobReports : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Job, string Outcome), long> _items = new();
    private readonly Dictionary<string, double> _lags = [];

    public JobReports(IServiceProvider server)
    {
        var factory = server.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Name.StartsWith("chat.jobs.", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            _items.AddOrUpdate((Tag(tags, "job"), Tag(tags, "outcome")), count, (_, sum) => sum + count));
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => _lags[Tag(tags, "job")] = seconds);
        _listener.Start();
    }

    public long ItemsOf(string job, string outcome) => _items.GetValueOrDefault((job, outcome));

    /// <summary>Null when it is not reported.</summary>
    public double? LagOf(string job)
    {
        _lags.Clear();
        _listener.RecordObservableInstruments();
        return _lags.TryGetValue(job, out var lag) ? lag : null;
    }

    public void Dispose() => _listener.Dispose();

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
            if (key == name) return (string)value!;
        return "";
    }
}
