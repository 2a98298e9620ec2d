using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>
/// The guard of the calls that SignalR makes. One filter: SignalR wraps each in asynchronous steps of its own, and five of them cost a
/// message more than its rules do.
/// </summary>
internal sealed class CallFilter(CallGuard guard, CallErrors errors) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var call = guard.Begin(invocation.HubMethodName, invocation.Context.UserIdentifier);
        try
        {
            // Every method of the contract takes one request.
            guard.Check(call, invocation.Context.UserId(), invocation.HubMethodArguments is [var request] ? request : null);
            using var page = await CallPages.TakeTurnAsync(invocation);
            var result = await next(invocation);
            guard.Succeeded(call);
            return result;
        }
        catch (Exception exception)
        {
            throw guard.Refused(call, exception, invocation.Context.ConnectionAborted);
        }
        finally
        {
            guard.End(call);
        }
    }

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            throw errors.Translate(exception, nameof(OnConnectedAsync), context.Context.ConnectionAborted);
        }
    }
}
