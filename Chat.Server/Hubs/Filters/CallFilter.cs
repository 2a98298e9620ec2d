using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>
/// Everything that stands between the wire and a hub method. One filter: SignalR wraps each in asynchronous steps of its own,
/// and five of them cost a message more than its rules do. What each part does stands in the classes beside this one.
/// They must need nothing of SignalR's: its options are made with this filter.
/// </summary>
internal sealed class CallFilter(CallCount calls, CallLimits limits, CallErrors errors, CallLog log, CallTracing tracing) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        calls.Begins();
        var begin = log.Begin();
        var span = tracing.Begin(invocation.HubMethodName);
        try
        {
            limits.Take(invocation);
            CallValidation.Check(invocation.HubMethodArguments);
            using var page = await CallPages.TakeTurnAsync(invocation);
            var result = await next(invocation);
            log.Succeeded(invocation, begin);
            return result;
        }
        catch (Exception exception)
        {
            var error = errors.Translate(exception, invocation.HubMethodName, invocation.Context.ConnectionAborted);
            log.Refused(invocation, error);
            CallTracing.Refused(span, error);
            throw error;
        }
        finally
        {
            span?.Dispose();
            calls.Ends();
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
