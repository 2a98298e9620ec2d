using System.Globalization;
using System.Threading.RateLimiting;
using Chat.Server.Errors;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Features.Accounts;

/// <summary>
/// How often one caller may call, counted on each node: keeps floods away from the password hasher and the database.
/// The limit that guards passwords is <see cref="LoginThrottle"/>, over all nodes.
/// </summary>
internal sealed class AccountRateLimits(AuthOptions auth) : IConfigureOptions<RateLimiterOptions>
{
    /// <summary>By address: <c>/api/auth/…</c>.</summary>
    public const string AuthPolicy = "auth";

    /// <summary>By user: looking up others.</summary>
    public const string LookupPolicy = "lookup";

    public void Configure(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = (context, _) => new ValueTask(HttpErrors.WriteAsync(context.HttpContext, Refusal(context.Lease)));
        options.AddPolicy(AuthPolicy, context => Bucket(ClientAddress.Of(context), auth.AuthCallsPerMinutePerAddress));
        options.AddPolicy(LookupPolicy, context => Bucket(
            context.User.UserId().ToString(CultureInfo.InvariantCulture), auth.LookupsPerMinutePerUser));
    }

    // A bucket allows a burst of a minute's calls and then refills evenly.
    internal static RateLimitPartition<string> Bucket(string key, int perMinute) =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
            QueueLimit = 0,
        });

    private static ChatException Refusal(RateLimitLease lease) => ChatException.RateLimited(
        "too many calls", lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
}
