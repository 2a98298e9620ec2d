using System.Globalization;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Bench.Servers;

/// <summary>Who calls one of the servers that measure and never leave the machine: the access token is the user's id.</summary>
internal static class BareCaller
{
    public static long IdOf(HubCallerContext context)
    {
        const string scheme = "Bearer ";
        var header = context.GetHttpContext()!.Request.Headers.Authorization.ToString();
        return long.Parse(header.AsSpan(scheme.Length), CultureInfo.InvariantCulture);
    }
}
