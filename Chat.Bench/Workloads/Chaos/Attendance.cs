namespace Chat.Bench.Workloads.Chaos;

/// <summary>Whether a client wants to be connected at all. For several threads.</summary>
internal sealed class Attendance
{
    private volatile TaskCompletionSource? _gone;

    public bool HasLeft => _gone is not null;

    public void Leave() => _gone ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Return() => Interlocked.Exchange(ref _gone, null)?.TrySetResult();

    /// <exception cref="OperationCanceledException"/>
    public async Task WhenPresentAsync(CancellationToken cancellationToken)
    {
        if (_gone is { } gone) await gone.Task.WaitAsync(cancellationToken);
    }
}
