namespace Chat.Data.Messages;

/// <summary>
/// Gives the callers of a batch their results, off the lane. A few at a time in one piece of work: a piece of work for each would cost
/// more than most of the answers, and one for all would let the last wait for the first while a processor is idle.
/// </summary>
internal sealed class Completions : IThreadPoolWorkItem
{
    private const int AtATime = 16;

    private readonly PendingMessage[] _messages;
    private readonly Exception? _failure;

    private Completions(PendingMessage[] messages, Exception? failure) => (_messages, _failure) = (messages, failure);

    /// <param name="failure">What they get instead of their results.</param>
    public static void Run(IReadOnlyList<PendingMessage> messages, Exception? failure = null)
    {
        for (var start = 0; start < messages.Count; start += AtATime)
        {
            var some = new PendingMessage[Math.Min(AtATime, messages.Count - start)];
            for (var i = 0; i < some.Length; i++) some[i] = messages[start + i];
            ThreadPool.UnsafeQueueUserWorkItem(new Completions(some, failure), preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        foreach (var message in _messages)
        {
            if (_failure is null) message.Complete();
            else message.Fail(_failure);
        }
    }
}
