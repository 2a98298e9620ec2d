using Chat.Server.Realtime.Redis;
using Chat.Server.Tests.Support;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>Whether nodes hear each other.</summary>
internal static class Hearing
{
    /// <summary>Pushes from each reach the other, and both say so.</summary>
    public static Task BothWaysAsync(TestNode one, TestNode two, TimeSpan? within = null) =>
        Task.WhenAll(OneWayAsync(one, two, within), OneWayAsync(two, one, within));

    /// <summary>What is told of lost pushes from now on.</summary>
    public static EventLog<DateTime> LossesOf(NodeChannel channel)
    {
        var losses = new EventLog<DateTime>();
        channel.NewsLost += () => losses.Add(TimeProvider.System.GetUtcNow().UtcDateTime);
        return losses;
    }

    private static async Task OneWayAsync(TestNode from, TestNode to, TimeSpan? within)
    {
        await using var connection = new ProbeConnection();
        await to.Manager.OnConnectedAsync(connection.Context);
        await to.Manager.AddToGroupAsync(connection.Id, connection.Id);
        await Deadline.UntilAsync(async () =>
        {
            await from.Manager.SendGroupAsync(connection.Id, "Say", ["are you there?"]);
            return to.Channels!.IsHealthy && connection.Heard.Count > 0;
        }, "the other node hears", within ?? TimeSpan.FromSeconds(40));
        await to.Manager.OnDisconnectedAsync(connection.Context);
    }
}
