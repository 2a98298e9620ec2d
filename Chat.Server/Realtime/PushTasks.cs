namespace Chat.Server.Realtime;

/// <summary>A push is never awaited: the database is the truth. What fails is logged and forgotten.</summary>
internal static partial class PushTasks
{
    public static void Forget(this Task push, ILogger logger)
    {
        if (push.IsCompletedSuccessfully) return;
        _ = LogFaultAsync(push, logger);
    }

    private static async Task LogFaultAsync(Task push, ILogger logger)
    {
        try
        {
            await push;
        }
        catch (Exception exception)
        {
            LogPushFailed(logger, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "A push failed; its receivers will sync")]
    private static partial void LogPushFailed(ILogger logger, Exception exception);
}
