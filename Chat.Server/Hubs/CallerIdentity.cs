using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs;

/// <summary>Who is calling. The id was put there by our own log-in, so it is present and a number.</summary>
internal static class CallerIdentity
{
    public static long UserId(this HubCallerContext context) => IdIn(context.UserIdentifier);

    public static long UserId(this HubConnectionContext connection) => IdIn(connection.UserIdentifier);

    private static long IdIn(string? userIdentifier) =>
        long.Parse(userIdentifier ?? throw new InvalidOperationException("A hub call without a user."));
}
