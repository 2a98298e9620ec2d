namespace Chat.Data;

/// <summary>Something that a <see cref="Burst"/> touches, perhaps many times, and that has work which is better done once.</summary>
public interface IBurstMember
{
    /// <summary>Does what was put off. Called once for each <see cref="Burst.Add"/>, on any thread; must neither wait nor throw.</summary>
    void BurstEnds();
}

/// <summary>
/// What one thread does for many callers at a time: it reports a batch, or gives a handful of callers their results. A client is written to
/// several times meanwhile, and each of these writes would go to its socket by itself; what belongs to the burst may wait for its end.
/// </summary>
public sealed class Burst
{
    [ThreadStatic]
    private static Burst? _current;

    private readonly List<IBurstMember> _members = [];

    private Burst()
    {
    }

    /// <summary>The one that the calling thread is in; null outside of any.</summary>
    public static Burst? Current => _current;

    /// <summary>Runs work, which must not be in a burst already, without its end.</summary>
    /// <param name="callers">For whom it is done.</param>
    /// <returns>Null where it is done for one: nothing waits then.</returns>
    public static Burst? Of<T>(int callers, T argument, Action<T> work)
    {
        if (callers == 1)
        {
            work(argument);
            return null;
        }
        var burst = _current = new Burst();
        try
        {
            work(argument);
        }
        finally
        {
            _current = null;
        }
        return burst;
    }

    /// <summary>Called by the thread that is in it.</summary>
    public void Add(IBurstMember member) => _members.Add(member);

    /// <summary>To be called once.</summary>
    public void End()
    {
        foreach (var member in _members) member.BurstEnds();
    }

    /// <summary>Ends it behind whatever the pool has been given to do up to now.</summary>
    public void EndLater()
    {
        if (_members.Count > 0) ThreadPool.UnsafeQueueUserWorkItem(static burst => burst.End(), this, preferLocal: false);
    }
}
