namespace Chat.Server.Hubs.Filters;

/// <summary>
/// Lets through a steady rate, and a burst after a rest. Fills by the clock when it is asked, so it needs no timer; one
/// short lock a call, and nothing is allocated. For several threads.
/// </summary>
/// <param name="perSecond">Tokens that come back each second.</param>
/// <param name="burst">Tokens that it holds at most, and at first.</param>
public sealed class TokenBucket(int perSecond, int burst, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _tokens = burst;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Whether it has been left alone long enough to be full: then it knows nothing that a new one would not.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                Fill();
                return _tokens >= burst;
            }
        }
    }

    /// <param name="retryAfter">When enough tokens are there; zero when they were taken.</param>
    /// <param name="count">Tokens to take, all or none. A full bucket gives all that it has for more.</param>
    public bool TryTake(out TimeSpan retryAfter, int count = 1)
    {
        count = Math.Min(count, burst);
        lock (_gate)
        {
            Fill();
            if (_tokens >= count)
            {
                _tokens -= count;
                retryAfter = TimeSpan.Zero;
                return true;
            }
            retryAfter = TimeSpan.FromSeconds((count - _tokens) / perSecond);
            return false;
        }
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        if (now <= _filledAt) return;
        _tokens = Math.Min(burst, _tokens + ((double)(now - _filledAt) / time.TimestampFrequency * perSecond));
        _filledAt = now;
    }
}
