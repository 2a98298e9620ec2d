using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs;

/// <summary>Who is calling. The id was put there by our own log-in, so it is present and a number.</summary>
internal static class CallerIdentity
{
    public static long UserId(this HubCallerContext context) =>
        long.Parse(context.UserIdentifier ?? throw new InvalidOperationException("A hub call without a user."));
}
