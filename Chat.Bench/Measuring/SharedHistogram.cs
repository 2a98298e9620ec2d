namespace Chat.Bench.Measuring;

/// <summary>A histogram for several writers. Its counts can be taken at any time, so that parts of a run are told apart.</summary>
public sealed class SharedHistogram
{
    private readonly Lock _gate = new();
    private LatencyHistogram _histogram = new();

    public void Record(TimeSpan duration)
    {
        lock (_gate) _histogram.Record(duration);
    }

    /// <summary>What was recorded since the last taking.</summary>
    public LatencyHistogram Take()
    {
        lock (_gate)
        {
            var taken = _histogram;
            _histogram = new LatencyHistogram();
            return taken;
        }
    }
}
