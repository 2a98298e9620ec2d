using Chat.Server.Errors;
using Chat.Server.Hubs.Contract;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>Checks the request of a call before its method runs.</summary>
internal sealed class ValidationFilter : IHubFilter
{
    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        foreach (var argument in invocation.HubMethodArguments)
        {
            if (argument is null) throw ChatException.Invalid("request", "is required");
            (argument as IHubRequest)?.Validate();
        }
        return next(invocation);
    }
}
