namespace Chat.Bench.Workloads.Backplane;

/// <summary>Counts what has arrived, from many threads, and lets one wait for a number.</summary>
internal sealed class DeliveryCounter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private long _count;
    private long _wanted = long.MaxValue;
    private TaskCompletionSource? _reached;

    public long Count => Interlocked.Read(ref _count);

    public void Add(int number)
    {
        if (Interlocked.Add(ref _count, number) < Interlocked.Read(ref _wanted)) return;
        lock (_gate)
        {
            if (_reached is null || Count < _wanted) return;
            _wanted = long.MaxValue;
            _reached.SetResult();
            _reached = null;
        }
    }

    /// <exception cref="BenchException">It does not arrive.</exception>
    public async Task WaitForAsync(long number, CancellationToken cancellationToken)
    {
        Task reached;
        lock (_gate)
        {
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            reached = _reached.Task;
            Interlocked.Exchange(ref _wanted, number);
        }
        // What arrived before the number was known has not looked at it.
        Add(0);
        try
        {
            await reached.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new BenchException($"Of {number:N0} deliveries {Count:N0} have come after {Patience.TotalSeconds} s.");
        }
    }
}
