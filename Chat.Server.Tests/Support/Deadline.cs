namespace Chat.Server.Tests.Support;

/// <summary>Nothing in a test waits for ever: what takes longer than this has failed.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    public static Task<T> OrDeadline<T>(this Task<T> task) => task.WaitAsync(Default);

    public static Task OrDeadline(this Task task) => task.WaitAsync(Default);

    /// <summary>For what tells nobody when it happens: looks again and again until it is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? deadline = null)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)((deadline ?? Default).TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (!await condition())
        {
            if (TimeProvider.System.GetTimestamp() > end) throw new TimeoutException($"Did not happen in time: {what}.");
            await Task.Delay(PollInterval);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what, TimeSpan? deadline = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, deadline);
}
