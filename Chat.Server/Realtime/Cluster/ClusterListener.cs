using System.Threading.Channels;
using Chat.Server.Realtime.Redis;

namespace Chat.Server.Realtime.Cluster;

/// <summary>
/// Does on this node what other nodes tell. After a loss of news it forgets every roster, compares its connections with the database, and
/// then lets in again what other nodes push to chats. After any loss its clients are asked to catch up.
/// </summary>
internal sealed partial class ClusterListener(
    IClusterBus bus,
    ChatMembership membership,
    SessionConnections sessions,
    ConnectionRegistry registry,
    RosterCache rosters,
    ConnectionCheck check,
    ChatPushGate gate,
    ClientResync resync,
    TimeProvider time,
    ILogger<ClusterListener> logger) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _lost = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        bus.Heard += Hear;
        bus.NewsLost += OnNewsLost;
        bus.PushesLost += resync.AskAll;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        bus.Heard -= Hear;
        bus.NewsLost -= OnNewsLost;
        bus.PushesLost -= resync.AskAll;
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _lost.Reader.ReadAllAsync(stoppingToken))
        {
            var losses = gate.Losses;
            rosters.Clear();
            while (!await TryCompareAsync(stoppingToken)) await Task.Delay(RetryDelay, time, stoppingToken);
            gate.Compared(losses);
            // What was pushed meanwhile was dropped.
            resync.AskAll();
        }
    }

    private void Hear(ClusterNews news)
    {
        if (news.Kind == ClusterNewsKinds.MembersChanged)
            membership.FollowAsync(news.Id, news.Items).Forget(logger);
        else if (news.Kind == ClusterNewsKinds.ReadersChanged)
            membership.FollowReadersAsync(news.Id, news.Items).Forget(logger);
        else if (news.Kind == ClusterNewsKinds.RosterChanged)
            membership.CompareHereAsync(news.Id).Forget(logger);
        else if (news.Kind == ClusterNewsKinds.SessionsEnded)
            sessions.CloseHere(news.Id, news.Items);
    }

    private void OnNewsLost()
    {
        gate.NewsLost();
        _lost.Writer.TryWrite(true);
    }

    private async Task<bool> TryCompareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await check.CheckAsync(registry.Users(), cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotCompared(logger, exception);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "After lost news, the connections could not be compared with the database; trying again")]
    private static partial void LogNotCompared(ILogger logger, Exception exception);
}
