using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Chat.Server.Hosting;

/// <summary>What background jobs report, on the meter <see cref="NodeMetrics.MeterName"/>. A job is named as in <c>docs/operations.md</c>.</summary>
internal sealed class JobMetrics
{
    private readonly Counter<long> _items;
    private readonly ObservableGauge<double> _lag;
    private volatile IReadOnlyList<Measurement<double>> _measured = [];

    public JobMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(NodeMetrics.MeterName);
        _items = meter.CreateCounter<long>("chat.jobs.items", "{item}", "What background jobs did, by job and outcome: done, failed, postponed");
        _lag = meter.CreateObservableGauge(
            "chat.jobs.lag", () => _measured, "s", "How long the oldest item that is due waits for a job; absent while the database cannot be asked");
    }

    /// <summary>Whether anybody wants to know of lags.</summary>
    public bool IsLagWatched => _lag.Enabled;

    public void Done(string job, int count = 1)
    {
        if (count > 0) Count(job, "done", count);
    }

    /// <summary>Given up, and its owner told.</summary>
    public void Failed(string job) => Count(job, "failed", 1);

    /// <summary>To be tried again: an item, or a turn that broke off.</summary>
    public void Postponed(string job) => Count(job, "postponed", 1);

    public void Measured(params IEnumerable<(string Job, TimeSpan Lag)> lags) =>
        _measured = [.. lags.Select(lag => new Measurement<double>(lag.Lag.TotalSeconds, new KeyValuePair<string, object?>("job", lag.Job)))];

    private void Count(string job, string outcome, int count) => _items.Add(count, new TagList { { "job", job }, { "outcome", outcome } });
}
