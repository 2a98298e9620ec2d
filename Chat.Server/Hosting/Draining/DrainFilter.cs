using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hosting.Draining;

/// <summary>Counts the calls under way, for the drain to wait for.</summary>
internal sealed class DrainFilter(NodeDrain drain) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        drain.CallBegins();
        try
        {
            return await next(invocation);
        }
        finally
        {
            drain.CallEnds();
        }
    }
}
