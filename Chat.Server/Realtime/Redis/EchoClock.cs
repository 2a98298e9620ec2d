namespace Chat.Server.Realtime.Redis;

/// <summary>
/// Times messages on their way through Redis and back to the node that sent them, one at a time: another node waits as long. Nodes'
/// clocks are not compared.
/// </summary>
internal sealed class EchoClock(string channel, RealtimeMetrics metrics, TimeProvider time)
{
    /// <summary>After this an echo is not waited for any more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private (long First, int Count)? _underWay;
    private long _sentAt;

    public void Sent(long first, int count)
    {
        if (!metrics.MeasuresDelay) return;
        lock (_gate)
        {
            if (_underWay is not null && time.GetElapsedTime(_sentAt) < Patience) return;
            _underWay = (first, count);
            _sentAt = time.GetTimestamp();
        }
    }

    public void Heard(long first, int count)
    {
        lock (_gate)
        {
            if (_underWay != (first, count)) return;
            _underWay = null;
            metrics.Delayed(channel, time.GetElapsedTime(_sentAt));
        }
    }
}
