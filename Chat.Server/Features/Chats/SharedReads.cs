namespace Chat.Server.Features.Chats;

/// <summary>
/// Lets those who want the same at the same time share one read. Not a cache: every answer comes from a read that began after it was
/// asked for, so that a client that subscribed first and then asks misses nothing. Per key one read is under way and at most one more
/// is waited for, by however many.
/// </summary>
internal sealed class SharedReads<TKey, TValue>
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Flight> _flights = [];

    /// <param name="read">Not cancelled when a caller hangs up: others may wait for it.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    public Task<TValue> ReadAsync(TKey key, Func<Task<TValue>> read, CancellationToken cancellationToken)
    {
        Task<TValue> result;
        lock (_gate)
        {
            if (!_flights.TryGetValue(key, out var flight))
            {
                _flights.Add(key, flight = new Flight());
                result = RunAsync(key, flight, read);
                flight.Current = result;
            }
            else
            {
                // What is under way may have read before this caller asked.
                result = flight.Next ??= RunAfterAsync(key, flight, flight.Current, read);
            }
        }
        return result.WaitAsync(cancellationToken);
    }

    private async Task<TValue> RunAsync(TKey key, Flight flight, Func<Task<TValue>> read)
    {
        // Never within the lock of the caller.
        await Task.Yield();
        try
        {
            return await read();
        }
        finally
        {
            Landed(key, flight);
        }
    }

    private async Task<TValue> RunAfterAsync(TKey key, Flight flight, Task<TValue> before, Func<Task<TValue>> read)
    {
        await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        return await RunAsync(key, flight, read);
    }

    /// <summary>The next one, if there is one, is under way from now on.</summary>
    private void Landed(TKey key, Flight flight)
    {
        lock (_gate)
        {
            if (flight.Next is { } next) (flight.Current, flight.Next) = (next, null);
            else _flights.Remove(key);
        }
    }

    private sealed class Flight
    {
        public Task<TValue> Current { get; set; } = null!;

        public Task<TValue>? Next { get; set; }
    }
}
