using System.Diagnostics.Metrics;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Support;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>A node of our own backplane, local first.</summary>
internal sealed class TestNode : IPushNode
{
    private RedisConnection? _redis;

    private TestNode(RedisConnection? redis, RedisOptions options, ConnectionLimits limits)
    {
        _redis = redis;
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        Metrics = new RealtimeMetrics(meters);
        if (redis is not null)
            Channels = new NodeChannels(redis, new RedisNames(options), options, Metrics, TimeProvider.System, NullLoggerFactory.Instance);
        Manager = new LocalFirstLifetimeManager<ProbeHub>(
            new OneProtocol(), new SlowClients(limits, Metrics, TimeProvider.System, NullLogger<SlowClients>.Instance), Channels);
    }

    public LocalFirstLifetimeManager<ProbeHub> Manager { get; }

    HubLifetimeManager<ProbeHub> IPushNode.Manager => Manager;

    public RealtimeMetrics Metrics { get; }

    public NodeChannels? Channels { get; }

    public StackExchange.Redis.ISubscriber? Subscriber => _redis?.Subscriber;

    public static TestNode Alone(ConnectionLimits? limits = null) => new(null, new RedisOptions(), limits ?? new ConnectionLimits());

    /// <summary>A node that hears the others, once this returns.</summary>
    /// <param name="hears">False when Redis is not there yet.</param>
    public static async Task<TestNode> OverRedisAsync(string connectionString, RedisOptions options, bool hears = true)
    {
        var node = new TestNode(new RedisConnection(connectionString, NullLogger<RedisConnection>.Instance), options, new ConnectionLimits());
        await node.Channels!.StartingAsync(CancellationToken.None);
        if (hears) await Deadline.UntilAsync(() => node.Channels.IsHealthy, "the node hears itself");
        return node;
    }

    /// <summary>Its connection to Redis ends before it could say anything.</summary>
    public async Task CrashAsync()
    {
        if (_redis is { } redis) await redis.DisposeAsync();
        _redis = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Channels is not null) await Channels.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
    }

    private sealed class OneProtocol : IHubProtocolResolver
    {
        private readonly JsonHubProtocol _json = new();

        public IReadOnlyList<IHubProtocol> AllProtocols => [_json];

        public IHubProtocol? GetProtocol(string protocolName, IReadOnlyList<string>? supportedProtocols) => _json;
    }
}
