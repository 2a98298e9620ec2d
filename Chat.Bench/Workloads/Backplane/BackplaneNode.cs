using System.Diagnostics.Metrics;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Redis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Bench.Workloads.Backplane;

/// <summary>The part of a node that delivers pushes, without a server around it.</summary>
internal sealed class BackplaneNode : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly ServiceProvider _services;

    private BackplaneNode(string backplane, string redisAddress, RedisOptions options)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics();
        var signalR = services.AddSignalR();
        if (backplane == RedisOptions.Microsoft)
        {
            signalR.AddMicrosoftBackplane(redisAddress, new RedisNames(options));
        }
        else
        {
            services.AddSingleton(options).AddSingleton<RedisNames>().AddSingleton(TimeProvider.System);
            services.AddSingleton<RealtimeMetrics>().AddSingleton<ConnectionLimits>().AddSingleton<SlowClients>().AddSingleton<NodeChannels>();
            services.AddSingleton(new RedisConnection(redisAddress, NullLogger<RedisConnection>.Instance));
            services.AddSingleton<HubLifetimeManager<BenchHub>, LocalFirstLifetimeManager<BenchHub>>();
        }
        _services = services.BuildServiceProvider();
        Manager = _services.GetRequiredService<HubLifetimeManager<BenchHub>>();
        Channels = _services.GetService<NodeChannels>();
    }

    public HubLifetimeManager<BenchHub> Manager { get; }

    /// <summary>Null for Microsoft's backplane.</summary>
    public NodeChannels? Channels { get; }

    /// <summary>Starts a node, which hears the others once this returns.</summary>
    public static async Task<BackplaneNode> StartAsync(string backplane, string redisAddress, RedisOptions options, CancellationToken cancellationToken)
    {
        var node = new BackplaneNode(backplane, redisAddress, options);
        if (node.Channels is not { } channels) return node;
        await channels.StartingAsync(cancellationToken);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        while (!channels.IsHealthy) await Task.Delay(10, timeout.Token);
        return node;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

internal sealed class BenchHub : Hub;
