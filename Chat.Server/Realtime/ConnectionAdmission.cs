using Chat.Server.Errors;

namespace Chat.Server.Realtime;

/// <summary>Section <c>Admission</c>: how a node meets many clients that come at once.</summary>
public sealed record AdmissionOptions
{
    /// <summary>
    /// Connections that are being set up at the same time: token checked, groups joined. Two for each processor unless set:
    /// more only take turns on them, with those who are connected among the losers.
    /// </summary>
    public int MaxSetUps { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>Connections that may wait for their turn. More are answered <c>unavailable</c> and come again.</summary>
    public int MaxWaiting { get; init; } = 5_000;

    internal static (string Key, string Reason)? Check(AdmissionOptions options) =>
        options.MaxSetUps < 1 ? (nameof(MaxSetUps), "must be at least 1")
        : options.MaxWaiting < 0 ? (nameof(MaxWaiting), "must not be negative")
        : null;
}

/// <summary>
/// Lets connections in a few at a time, so that thousands that come back at once neither flood the database nor delay
/// those who are connected.
/// </summary>
public sealed class ConnectionAdmission(AdmissionOptions options) : IDisposable
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _slots = new(options.MaxSetUps);
    private int _waiting;
    private long _refused;

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Connections that were sent away since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Waits for a turn. It ends with <see cref="Done"/>, or with the request.</summary>
    /// <exception cref="ChatException"><c>unavailable</c>: too many are waiting.</exception>
    public async Task<IDisposable> EnterAsync(HttpContext context)
    {
        if (!await _slots.WaitAsync(TimeSpan.Zero, context.RequestAborted)) await WaitAsync(context.RequestAborted);
        var ticket = new Ticket(_slots);
        context.Features.Set(ticket);
        return ticket;
    }

    /// <summary>The connection of this request is set up: the next one may come.</summary>
    public static void Done(HttpContext? context)
    {
        // A connection that polls was let in by its negotiation, which is another request and has ended.
        if (context?.Features.Get<Ticket>() is not { } ticket) return;
        ticket.Dispose();
        context.Features.Set<Ticket>(null);
    }

    public void Dispose() => _slots.Dispose();

    private async Task WaitAsync(CancellationToken aborted)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.MaxWaiting)
            {
                Interlocked.Increment(ref _refused);
                var after = ShortestRetry + (LongestRetry - ShortestRetry) * Random.Shared.NextDouble();
                throw ChatException.Unavailable("too many clients are connecting at once", after);
            }
            await _slots.WaitAsync(aborted);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private sealed class Ticket(SemaphoreSlim slots) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0) slots.Release();
        }
    }
}
