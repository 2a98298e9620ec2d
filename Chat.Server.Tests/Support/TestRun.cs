using Chat.Server.Tests.Support;

[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(2)]

/// <summary>Once for the whole run (no namespace: NUnit then applies it to all).</summary>
[SetUpFixture]
internal sealed class TestRun
{
    [OneTimeSetUp]
    public void RaiseThreadPoolMinimum()
    {
        // The driver of a limited feed blocks a thread per call. The pool would add one every half second, and a test
        // that has fifty people act at once would measure the pool.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, 128), ports);
    }
}
