namespace Chat.Server.Tests.Support;

/// <summary>Events of one kind that a client received, in order, with a way to wait for one.</summary>
public sealed class EventLog<T>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly List<T> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    public int Count
    {
        get
        {
            lock (_gate) return _events.Count;
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            _events.Add(item);
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The first event that fits, past or to come.</summary>
    public async Task<T> WaitForAsync(Func<T, bool> fits)
    {
        var seen = 0;
        await UntilAsync(() =>
        {
            while (seen < _events.Count)
                if (fits(_events[seen])) return true;
                else seen++;
            return false;
        });
        lock (_gate) return _events[seen];
    }

    /// <summary>All events, once there are so many.</summary>
    public async Task<IReadOnlyList<T>> WaitForCountAsync(int count)
    {
        await UntilAsync(() => _events.Count >= count);
        return All;
    }

    /// <param name="isThere">Asked again after each event; nothing is added meanwhile.</param>
    private async Task UntilAsync(Func<bool> isThere)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (isThere()) return;
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(
                    $"No fitting {typeof(T).Name} within {Deadline.TotalSeconds} s; there were {All.Count}: {string.Join("; ", All.TakeLast(5))}");
            }
        }
    }
}
