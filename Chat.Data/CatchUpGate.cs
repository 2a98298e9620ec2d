namespace Chat.Data;

/// <summary>
/// Lets the reads of those who catch up (chat lists, syncs, pages of history) go to the database a few at a time, in the order in
/// which they came. Thousands may come back at once; more at a time would make none of them faster, but every commit would have to
/// share the database's processors, and the pool, with all of them.
/// </summary>
/// <param name="atOnce">At least 1.</param>
internal sealed class CatchUpGate(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _free = new(atOnce);
    private int _waiting;

    /// <summary>Reads that wait for their turn: never more than the calls that the connections of this node have under way.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public async Task<T> RunAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        if (!_free.Wait(0, CancellationToken.None)) await WaitAsync(cancellationToken);
        try
        {
            return await read();
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _free.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
