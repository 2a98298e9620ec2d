namespace Chat.Server.Tests.Properties;

/// <summary>
/// Something that calls set, perhaps of several people at once: what it is known to be, from the answer to a call until the next one begins.
/// While calls overlap, and after one of which nobody knows what became, it is not known.
/// </summary>
internal sealed class Known<T>(T first)
{
    private readonly Lock _gate = new();
    private Fact<T>? _fact = new(first, TimeProvider.System.GetTimestamp());
    private int _underway;
    private bool _overlapped;

    /// <summary>Null while it is not known. The same fact before and after something says that it held all the while.</summary>
    public Fact<T>? Fact
    {
        get { lock (_gate) return _fact; }
    }

    /// <summary>A call that sets it, unless it is refused.</summary>
    public async Task<TResult> SetAsync<TResult>(T value, Func<Task<TResult>> call)
    {
        var before = Begin();
        try
        {
            var result = await call();
            End(new Fact<T>(value, TimeProvider.System.GetTimestamp()));
            return result;
        }
        catch (RefusedException refused)
        {
            End(refused.Code is Errors.ErrorCodes.Unavailable or Errors.ErrorCodes.Internal ? null : before);
            throw;
        }
    }

    private Fact<T>? Begin()
    {
        lock (_gate)
        {
            var before = _fact;
            _overlapped |= _underway > 0;
            _underway++;
            _fact = null;
            return before;
        }
    }

    private void End(Fact<T>? fact)
    {
        lock (_gate)
        {
            if (--_underway > 0) return;
            _fact = _overlapped ? null : fact;
            _overlapped = false;
        }
    }
}

/// <param name="Since">A time stamp of the system's clock.</param>
internal sealed record Fact<T>(T Value, long Since)
{
    public bool IsOlderThan(TimeSpan age) => TimeProvider.System.GetElapsedTime(Since) >= age;
}
