using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Realtime;

/// <summary>What a request to the hub is for.</summary>
internal static class HubRequests
{
    /// <summary>
    /// Whether it begins a connection: a WebSocket, or the negotiation with which the fallback transports begin. These then poll on with many
    /// requests, which belong to the connection that they have.
    /// </summary>
    public static bool BeginsConnection(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/hub", out var rest)
        && (OpensSocket(context) || rest.Value?.EndsWith("/negotiate", StringComparison.Ordinal) == true);

    /// <summary>Whether it is to become a WebSocket. Asked of the server itself: <c>HttpContext.WebSockets</c> knows only behind a middleware that stands in the hub's endpoint.</summary>
    public static bool OpensSocket(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
}
