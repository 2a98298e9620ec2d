namespace Chat.Server.Hubs.Filters;

/// <summary>Hub calls that have begun and not ended; a drain waits for them.</summary>
public sealed class CallCount
{
    private int _underWay;

    public int UnderWay => Volatile.Read(ref _underWay);

    public void Begins() => Interlocked.Increment(ref _underWay);

    public void Ends() => Interlocked.Decrement(ref _underWay);
}
