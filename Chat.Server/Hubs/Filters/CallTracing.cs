using System.Diagnostics;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>
/// Spans of hub calls: the method, the time, the code of an error, never what was said. SignalR has spans of its own, but makes each before it
/// is known whether it will be traced: a kilobyte for every call, where a send allocates five.
/// </summary>
internal sealed class CallTracing(TelemetryOptions options)
{
    public const string SourceName = "Chat.Server";

    private static readonly ActivitySource Source = new(SourceName);

    /// <returns>Null for a call that is not traced.</returns>
    public Activity? Begin(string method)
    {
        if (!Source.HasListeners() || Random.Shared.NextDouble() >= options.TraceRatio) return null;
        // Not a part of the request that opened the connection, perhaps hours ago.
        Activity.Current = null;
        return Source.StartActivity($"{typeof(ChatHub).FullName}/{method}", ActivityKind.Server)?
            .SetTag("rpc.system", "signalr").SetTag("rpc.service", typeof(ChatHub).FullName).SetTag("rpc.method", method);
    }

    public static void Refused(Activity? span, HubException error) =>
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", error.Message.Split(':')[0]);
}
