using System.Diagnostics;

namespace Chat.Bench.Workloads.Chaos;

/// <summary>How often a client was without a connection that it wanted, and for how long at most. For several threads.</summary>
internal sealed class Absence
{
    private readonly Lock _gate = new();
    private long _lostAt;
    private bool _away;
    private bool _excused;
    private TimeSpan _longest;
    private int _connections;

    /// <summary>From the end of a connection until the next was set up, the absence that goes on included.</summary>
    public TimeSpan Longest
    {
        get
        {
            lock (_gate) return _away && !_excused ? Max(Stopwatch.GetElapsedTime(_lostAt)) : _longest;
        }
    }

    public bool NeverReconnected
    {
        get
        {
            lock (_gate) return _connections == 1;
        }
    }

    public void Lost()
    {
        lock (_gate)
        {
            if (_away || _connections == 0) return;
            _away = true;
            _lostAt = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>It stays away of its own will: this time does not count.</summary>
    public void Excuse()
    {
        lock (_gate) _excused = true;
    }

    /// <summary>It wants to be connected again, or still is.</summary>
    public void Return()
    {
        lock (_gate) _excused &= _away;
    }

    public void Back()
    {
        lock (_gate)
        {
            if (_away && !_excused) _longest = Max(Stopwatch.GetElapsedTime(_lostAt));
            _away = _excused = false;
            _connections++;
        }
    }

    private TimeSpan Max(TimeSpan time) => time > _longest ? time : _longest;
}
