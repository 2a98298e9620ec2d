using Chat.Server.Errors;
using Chat.Server.Realtime;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs.Filters;

/// <summary>What one user may do on one node, over all connections.</summary>
/// <param name="CallsPerSecond">Hub calls of any kind.</param>
/// <param name="CallBurst">As many at once, after a rest.</param>
/// <param name="SendsPerSecond">Messages sent.</param>
/// <param name="SendBurst">As many at once: an outbox that is emptied after a time offline.</param>
public sealed record RateLimitOptions(int CallsPerSecond = 200, int CallBurst = 2000, int SendsPerSecond = 50, int SendBurst = 1000);

/// <summary>Holds each call against its user's token buckets, which the user's entry in the registry keeps.</summary>
internal sealed class CallLimits(ConnectionRegistry registry, RateLimitOptions options, TimeProvider time)
{
    private readonly Func<UserRateLimits> _create = () => new UserRateLimits(options, time);

    /// <exception cref="ChatException"><c>rate_limited</c>.</exception>
    public void Take(HubInvocationContext invocation)
    {
        var limits = registry.RateLimitsOf(invocation.Context.UserId(), _create);
        Take(limits.Calls, "too many calls");
        if (invocation.HubMethodName == nameof(ChatHub.SendMessage)) Take(limits.Sends, "too many messages");
    }

    private static void Take(TokenBucket bucket, string text)
    {
        if (!bucket.TryTake(out var retryAfter)) throw ChatException.RateLimited(text, retryAfter);
    }
}

/// <summary>The buckets of one user.</summary>
public sealed class UserRateLimits(RateLimitOptions options, TimeProvider time)
{
    public TokenBucket Calls { get; } = new(options.CallsPerSecond, options.CallBurst, time);

    public TokenBucket Sends { get; } = new(options.SendsPerSecond, options.SendBurst, time);
}
