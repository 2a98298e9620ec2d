using System.Collections.Concurrent;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Redis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using SignalRRedisOptions = Microsoft.AspNetCore.SignalR.StackExchangeRedis.RedisOptions;

namespace Chat.Server.Realtime;

/// <summary>
/// All that depends on which packages there are; <c>eng/limited-feed/Backplane.cs</c> is its twin. Written for StackExchange.Redis 2 and
/// Microsoft's backplane.
/// </summary>
internal static class RedisPackages
{
    /// <summary>Whether <see cref="AddMicrosoftBackplane"/> does it, or refuses.</summary>
    public static bool HasMicrosoftBackplane => true;

    /// <summary>Whether a connection with a <c>serviceName</c> asks Sentinels for the primary, and follows their fail-overs.</summary>
    public static bool FollowsSentinels => true;

    /// <summary>Lets Microsoft's package carry the pushes.</summary>
    public static void AddMicrosoftBackplane(this ISignalRServerBuilder signalR, string connectionString, RedisNames names)
    {
        signalR.AddStackExchangeRedis(connectionString, options =>
        {
            options.Configuration = RedisConnection.Parse(connectionString);
            options.Configuration.ChannelPrefix = new RedisChannel(names.SignalRPrefix, RedisChannel.PatternMode.Literal);
        });
        signalR.Services.AddSingleton(typeof(HubLifetimeManager<>), typeof(MicrosoftLifetimeManager<>));
    }

    /// <summary>
    /// Subscribes so that messages are handled one after another, in the order of their arrival. Never to a replica: what is published there
    /// does not reach the others, and the node would not notice, since it hears itself.
    /// </summary>
    /// <returns>Ends the subscription.</returns>
    public static async Task<Func<Task>> SubscribeInOrderAsync(ISubscriber subscriber, RedisChannel channel, Action<RedisValue> handle)
    {
        var queue = await subscriber.SubscribeAsync(channel, CommandFlags.DemandMaster);
        queue.OnMessage(message => handle(message.Message));
        return () => queue.UnsubscribeAsync();
    }
}

/// <summary>Microsoft's manager, which by itself does not tell the groups of a connection.</summary>
internal sealed class MicrosoftLifetimeManager<THub>(
    ILogger<RedisHubLifetimeManager<THub>> logger,
    IOptions<SignalRRedisOptions> redis,
    IHubProtocolResolver protocols,
    IOptions<HubOptions> options,
    IOptions<HubOptions<THub>> hubOptions)
    : RedisHubLifetimeManager<THub>(logger, redis, protocols, options, hubOptions), IConnectionGroups
    where THub : Hub
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> _groups = new();

    // What another node lets a connection of this one join or leave does not pass here; the server never does that.
    public IReadOnlyList<string> GroupsOf(string connectionId) =>
        _groups.TryGetValue(connectionId, out var groups) ? [.. groups.Keys] : [];

    public bool IsIn(string connectionId, string groupName) =>
        _groups.TryGetValue(connectionId, out var groups) && groups.ContainsKey(groupName);

    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        _groups[connection.ConnectionId] = new();
        await base.OnConnectedAsync(connection);
    }

    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        _groups.TryRemove(connection.ConnectionId, out _);
        await base.OnDisconnectedAsync(connection);
    }

    public override async Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        await base.AddToGroupAsync(connectionId, groupName, cancellationToken);
        if (_groups.TryGetValue(connectionId, out var groups)) groups[groupName] = true;
    }

    public override async Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        await base.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);
        if (_groups.TryGetValue(connectionId, out var groups)) groups.TryRemove(groupName, out _);
    }
}
