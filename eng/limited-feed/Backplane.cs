using Chat.Server.Hosting;
using Chat.Server.Realtime.Redis;
using Microsoft.AspNetCore.SignalR;
using StackExchange.Redis;

namespace Chat.Server.Realtime;

/// <summary>The twin of Chat.Server/Realtime/Backplane.cs for feeds that hold only StackExchange.Redis 1.2.6.</summary>
internal static class RedisPackages
{
    public static bool HasMicrosoftBackplane => false;

    public static bool FollowsSentinels => false;

    public static void AddMicrosoftBackplane(this ISignalRServerBuilder signalR, string connectionString, RedisNames names) =>
        throw new ConfigurationException(
            "Redis:Backplane",
            $"cannot be {RedisOptions.Microsoft}: this build comes from a package feed without Microsoft.AspNetCore.SignalR.StackExchangeRedis; use {RedisOptions.LocalFirst}");

    public static async Task<Func<Task>> SubscribeInOrderAsync(ISubscriber subscriber, RedisChannel channel, Action<RedisValue> handle)
    {
        // This version keeps the order by itself (ConnectionMultiplexer.PreserveAsyncOrder).
        Action<RedisChannel, RedisValue> handler = (_, message) => handle(message);
        await subscriber.SubscribeAsync(channel, handler, CommandFlags.DemandMaster);
        return () => subscriber.UnsubscribeAsync(channel, handler);
    }
}
