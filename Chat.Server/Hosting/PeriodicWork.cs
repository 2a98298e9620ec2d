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
}
