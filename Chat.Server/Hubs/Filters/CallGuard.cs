using System.Diagnostics;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>
/// Everything that stands between the wire and a method, whichever way the call takes: it is counted, traced and logged, held against the
/// user's limits and checked, and what it throws becomes an error of the contract. What each part does stands in the classes beside this one.
/// They must need nothing of SignalR's: its options are made with this.
/// </summary>
internal sealed class CallGuard(CallCount calls, CallLimits limits, CallErrors errors, CallLog log, CallTracing tracing)
{
    /// <param name="user">The user's name with SignalR, a number.</param>
    public GuardedCall Begin(string method, string? user)
    {
        calls.Begins();
        return new GuardedCall(method, user, log.Begin(), tracing.Begin(method));
    }

    /// <exception cref="Errors.ChatException"><c>rate_limited</c>; <c>invalid</c> or <c>too_large</c>, naming the field.</exception>
    public void Check(in GuardedCall call, long userId, object? request)
    {
        limits.Take(userId, call.Method, request);
        CallValidation.Check(request);
    }

    public void Succeeded(in GuardedCall call) => log.Succeeded(call.Method, call.User, call.BegunAt);

    /// <param name="aborted">The connection's end.</param>
    public HubException Refused(in GuardedCall call, Exception exception, CancellationToken aborted)
    {
        var error = errors.Translate(exception, call.Method, aborted);
        log.Refused(call.Method, call.User, error);
        CallTracing.Refused(call.Span, error);
        return error;
    }

    /// <summary>To be called once.</summary>
    public void End(in GuardedCall call)
    {
        call.Span?.Dispose();
        calls.Ends();
    }
}

/// <summary>A call under way.</summary>
internal readonly record struct GuardedCall(string Method, string? User, long BegunAt, Activity? Span);
