namespace Chat.Server.Features.Messages;

/// <summary>
/// Keeps what one person sends into one chat in order, also while one of the messages waits for something to be looked up: the look-ups run side
/// by side, and each message is handed on when those before it have been. A message that needs none, with none waiting before it, takes no turn.
/// </summary>
internal sealed class SendTurns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(long ChatId, long SenderId), Task> _last = [];
    private volatile int _waiting;

    /// <summary>Whether a message must take a turn, because one before it has not had its own yet.</summary>
    public bool MustWait(long chatId, long senderId)
    {
        // Nearly always nobody waits anywhere, and then this costs nothing.
        if (_waiting == 0) return false;
        lock (_gate) return _last.ContainsKey((chatId, senderId));
    }

    /// <summary>To be called in the order of the messages. How many wait is bounded by the calls that a connection may have under way.</summary>
    /// <param name="lookUp">Begins at once. Should it throw, so does this, and the message is not handed on.</param>
    /// <param name="handOn">Called with its result when it is this message's turn; what it does before its first await happens in order.</param>
    public Task<TResult> TakeAsync<T, TResult>(long chatId, long senderId, Func<Task<T>> lookUp, Func<T, Task<TResult>> handOn)
    {
        var key = (chatId, senderId);
        var had = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_gate)
        {
            before = _last.GetValueOrDefault(key, Task.CompletedTask);
            _last[key] = had.Task;
            _waiting = _last.Count;
        }
        return RunAsync(key, before, had, lookUp, handOn);
    }

    private async Task<TResult> RunAsync<T, TResult>(
        (long, long) key, Task before, TaskCompletionSource had, Func<Task<T>> lookUp, Func<T, Task<TResult>> handOn)
    {
        Task<TResult> result;
        try
        {
            var found = lookUp();
            await before;
            result = handOn(await found);
        }
        finally
        {
            lock (_gate)
            {
                if (_last.TryGetValue(key, out var last) && last == had.Task) _last.Remove(key);
                _waiting = _last.Count;
            }
            had.SetResult();
        }
        return await result;
    }
}
