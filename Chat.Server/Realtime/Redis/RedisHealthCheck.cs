using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Chat.Server.Realtime.Redis;

/// <summary>A node that does not hear the others serves its own clients all the same: degraded, never unhealthy.</summary>
internal sealed class RedisHealthCheck(NodeChannels channels) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(channels.IsHealthy
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded("The other nodes are not heard; this node serves its own clients."));
}
