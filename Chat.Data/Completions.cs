namespace Chat.Data;

/// <summary>
/// Gives the callers of a batch their results, off the lane. A few at a time in one piece of work: a piece of work for each would cost
/// more than most of the answers, and one for all would let the last wait for the first while a processor is idle.
/// </summary>
internal static class Completions
{
    private const int AtATime = 16;

    /// <param name="complete">Runs the caller's continuation; must not throw.</param>
    public static void Run<T>(IReadOnlyList<T> items, Action<T> complete)
    {
        for (var start = 0; start < items.Count; start += AtATime)
        {
            var some = new T[Math.Min(AtATime, items.Count - start)];
            for (var i = 0; i < some.Length; i++) some[i] = items[start + i];
            ThreadPool.UnsafeQueueUserWorkItem(new Some<T>(some, complete), preferLocal: false);
        }
    }

    private sealed class Some<T>(T[] items, Action<T> complete) : IThreadPoolWorkItem
    {
        void IThreadPoolWorkItem.Execute() => Burst.Of(items.Length, this, static some => some.Complete())?.End();

        private void Complete()
        {
            foreach (var item in items) complete(item);
        }
    }
}
