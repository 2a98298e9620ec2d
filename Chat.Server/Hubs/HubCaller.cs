using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs;

/// <summary>Who is calling. The claims were put there by our own log-in, so they are present and numbers.</summary>
internal static class HubCaller
{
    public static long UserId(this HubCallerContext context) =>
        long.Parse(context.UserIdentifier ?? throw new InvalidOperationException("A hub call without a user."));

    public static long SessionId(this HubCallerContext context) =>
        long.Parse(context.User?.FindFirstValue("sid") ?? throw new InvalidOperationException("A hub call without a session."));
}
