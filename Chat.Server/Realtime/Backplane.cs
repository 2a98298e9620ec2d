using Chat.Server.Realtime.Redis;
using Microsoft.AspNetCore.SignalR;
using StackExchange.Redis;

namespace Chat.Server.Realtime;

/// <summary>
/// All that depends on which packages there are; <c>eng/limited-feed/Backplane.cs</c> is its twin. Written for StackExchange.Redis 2 and
/// Microsoft's backplane.
/// </summary>
internal static class RedisPackages
{
    /// <summary>Lets Microsoft's package carry the pushes.</summary>
    public static void AddMicrosoftBackplane(this ISignalRServerBuilder signalR, string connectionString, RedisNames names) =>
        signalR.AddStackExchangeRedis(connectionString, options =>
        {
            options.Configuration = RedisConnection.Parse(connectionString);
            options.Configuration.ChannelPrefix = new RedisChannel(names.SignalRPrefix, RedisChannel.PatternMode.Literal);
        });

    /// <summary>Subscribes so that messages are handled one after another, in the order of their arrival.</summary>
    /// <returns>Ends the subscription.</returns>
    public static async Task<Func<Task>> SubscribeInOrderAsync(ISubscriber subscriber, RedisChannel channel, Action<RedisValue> handle)
    {
        var queue = await subscriber.SubscribeAsync(channel);
        queue.OnMessage(message => handle(message.Message));
        return () => queue.UnsubscribeAsync();
    }
}
