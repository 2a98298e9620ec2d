using Chat.Server.Features.Presence;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Direct;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Cluster;
using Chat.Server.Realtime.Redis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Hosting;

/// <summary>Redis, and who carries pushes. Without <c>ConnectionStrings:Redis</c> the node runs alone, on the same code.</summary>
internal static class RedisSetup
{
    public static WebApplicationBuilder AddRedis(this WebApplicationBuilder builder)
    {
        var options = builder.AddOptions("Redis", new RedisOptions(), RedisOptions.Check);
        var connectionString = builder.Configuration.GetConnectionString("Redis");
        var services = builder.Services;
        services.AddSingleton<ChatPushGate>();
        services.AddSingleton<ConnectionCheck>();
        services.AddHostedService<PeriodicCheck>();
        services.AddSingleton<ClientResync>();
        services.AddHostedService(s => s.GetRequiredService<ClientResync>());
        services.AddHostedService<ClusterListener>();
        services.AddSingleton<RealtimeMetrics>();
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            services.AddSingleton<IClusterBus, SingleNode>();
            AddLocalFirst(services);
            return builder;
        }

        if (options.Backplane == RedisOptions.Microsoft)
        {
            services.AddSignalR().AddMicrosoftBackplane(connectionString, new RedisNames(options));
            services.AddSingleton(s => (IConnectionGroups)s.GetRequiredService<HubLifetimeManager<ChatHub>>());
            services.AddSingleton<IEventPushes, HubContextPushes>();
        }
        else
        {
            AddLocalFirst(services);
        }

        RedisConnection.Parse(connectionString);
        services.AddSingleton<RedisNames>();
        services.AddSingleton(s => new RedisConnection(connectionString, s.GetRequiredService<ILogger<RedisConnection>>()));
        services.AddSingleton<NodeChannels>();
        services.AddHostedService(s => s.GetRequiredService<NodeChannels>());
        services.AddHealthChecks().AddCheck<RedisHealthCheck>("redis");
        services.AddSingleton<IClusterBus, RedisClusterBus>();
        services.AddSingleton<IPresenceStore, RedisPresenceStore>();
        return builder;
    }

    private static void AddLocalFirst(IServiceCollection services)
    {
        services.AddSingleton<DirectCalls>();
        // Asked for when somebody connects: what the calls lead to is told what to push by this manager.
        services.AddSingleton<Func<HubConnectionContext, IHubProtocol>>(
            s => connection => s.GetRequiredService<DirectCalls>().ProtocolOf(connection));
        services.AddSingleton<LocalFirstLifetimeManager<ChatHub>>();
        services.AddSingleton<IConnectionGroups>(s => s.GetRequiredService<LocalFirstLifetimeManager<ChatHub>>());
        services.AddSingleton<IEventPushes>(s => s.GetRequiredService<LocalFirstLifetimeManager<ChatHub>>());
        services.AddSingleton<HubLifetimeManager<ChatHub>>(s => s.GetRequiredService<LocalFirstLifetimeManager<ChatHub>>());
    }
}
