using Chat.Server.Realtime;
using Chat.Server.Realtime.Redis;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>The backplanes over Redis that this build has, by the value of <c>Redis:Backplane</c>.</summary>
internal static class RedisBackplanes
{
    public static string[] Built { get; } =
        RedisPackages.HasMicrosoftBackplane ? [RedisOptions.LocalFirst, RedisOptions.Microsoft] : [RedisOptions.LocalFirst];

    public static async Task<IPushNode> StartAsync(string backplane, string connectionString, RedisOptions options) =>
        backplane == RedisOptions.Microsoft
            ? new MicrosoftNode(connectionString, options)
            : await TestNode.OverRedisAsync(connectionString, options);
}
