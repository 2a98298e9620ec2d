using Chat.Server.Errors;
using Chat.Server.Realtime;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Chat.Server.Hosting.Draining;

internal static class DrainSetup
{
    public static void AddDrain(this WebApplicationBuilder builder)
    {
        var options = builder.AddOptions("Drain", new DrainOptions(), DrainOptions.Check);
        var services = builder.Services;
        services.AddSingleton<NodeDrain>();
        services.AddSingleton<IHostLifetime, DrainingLifetime>();
        services.AddHealthChecks().AddCheck<DrainHealthCheck>("drain");
        // What the host itself waits for, after the drain: the lanes store what is queued.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10) + options.FinishTime);
    }

    /// <summary>A client that was asked to go elsewhere must not come back here. Who has a connection keeps it, also one that polls.</summary>
    public static void UseDrain(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<NodeDrain>();
        app.Use((context, next) => drain.IsDraining && HubRequests.BeginsConnection(context)
            ? throw ChatException.Unavailable("this server is being restarted, connect again")
            : next(context));
    }

    private sealed class DrainHealthCheck(NodeDrain drain) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(drain.IsDraining ? HealthCheckResult.Unhealthy("The node is being drained.") : HealthCheckResult.Healthy());
    }
}
