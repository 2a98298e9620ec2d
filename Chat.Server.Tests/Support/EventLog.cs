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
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                foreach (var item in _events)
                    if (fits(item)) return item;
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"No fitting {typeof(T).Name} within {Deadline.TotalSeconds} s; there were {All.Count}: {string.Join("; ", All.TakeLast(5))}");
            }
        }
    }

    /// <summary>All events, once there are so many.</summary>
    public async Task<IReadOnlyList<T>> WaitForCountAsync(int count)
    {
        await WaitForAsync(_ => All.Count >= count);
        return All;
    }
}
