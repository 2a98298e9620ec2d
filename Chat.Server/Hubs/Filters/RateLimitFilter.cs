using System.Threading.RateLimiting;
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

/// <summary>Token buckets per user, held by the user's entry in the registry and gone with it.</summary>
internal sealed class RateLimitFilter(ConnectionRegistry registry, RateLimitOptions options) : IHubFilter
{
    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var limits = registry.RateLimitsOf(invocation.Context.UserId(), () => new UserRateLimits(options));
        Take(limits.Calls, "too many calls");
        if (invocation.HubMethodName == nameof(ChatHub.SendMessage)) Take(limits.Sends, "too many messages");
        return next(invocation);
    }

    private static void Take(TokenBucketRateLimiter bucket, string text)
    {
        // Buckets fill when they are asked, not by a timer each. Before a token is taken, not when they turn out to be empty:
        // otherwise a long rest would fill a bucket that has just been emptied, and earn two bursts.
        bucket.TryReplenish();
        using var lease = bucket.AttemptAcquire();
        if (lease.IsAcquired) return;
        lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter);
        throw ChatException.RateLimited(text, retryAfter);
    }
}

/// <summary>The buckets of one user.</summary>
public sealed class UserRateLimits(RateLimitOptions options)
{
    /// <summary>How finely a bucket fills: ten times a second, or a token at a time where the rate is lower.</summary>
    private const int FillsPerSecond = 10;

    public TokenBucketRateLimiter Calls { get; } = Bucket(options.CallsPerSecond, options.CallBurst);

    public TokenBucketRateLimiter Sends { get; } = Bucket(options.SendsPerSecond, options.SendBurst);

    private static TokenBucketRateLimiter Bucket(int perSecond, int burst)
    {
        var tokens = Math.Max(1, perSecond / FillsPerSecond);
        return new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / perSecond),
            AutoReplenishment = false,
            QueueLimit = 0,
        });
    }
}
