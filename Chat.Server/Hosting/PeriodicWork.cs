namespace Chat.Server.Hosting;

/// <summary>What a node does again and again, beside its calls.</summary>
internal static class PeriodicWork
{
    /// <summary>
    /// Does <paramref name="work"/> after each interval, one turn at a time, until it is stopped. A turn that fails, however, is told to
    /// <paramref name="failed"/> and the next one tries again: a fault in a background job must not end the node, as an exception that
    /// leaves a <see cref="BackgroundService"/> does.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task RepeatAsync(
        TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> work, Action<Exception> failed, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await work(stopping);
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                failed(exception);
            }
        }
    }

    /// <summary>
    /// Does <paramref name="work"/> with some of the items after the other, evenly over a time: what a turn costs never stands in the way of
    /// the messages all at once. Where the work takes longer than that, it is done without a rest.
    /// </summary>
    /// <param name="atOnce">Items that are worked on together.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task SpreadAsync<T>(
        IReadOnlyCollection<T> items, int atOnce, TimeSpan over, TimeProvider time, Func<T[], Task> work, CancellationToken stopping)
    {
        var start = time.GetTimestamp();
        var done = 0;
        foreach (var some in items.Chunk(atOnce))
        {
            var early = over * done / items.Count - time.GetElapsedTime(start);
            if (early > TimeSpan.Zero) await Task.Delay(early, time, stopping);
            await work(some);
            done += some.Length;
        }
    }
}
