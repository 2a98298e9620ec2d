namespace Chat.Server.Realtime.Outputs;

/// <summary>Why a connection is closed on a client that does not read, as the metric <c>chat.push.dropped_clients</c> says it.</summary>
internal static class DropReasons
{
    /// <summary>More waited for it than it may cost.</summary>
    public const string TooMuchWaiting = "too_much_waiting";

    /// <summary>It took nothing for too long.</summary>
    public const string Stalled = "stalled";
}
