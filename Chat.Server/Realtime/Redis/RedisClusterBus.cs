using System.Text.Json;
using Chat.Server.Realtime.Cluster;

namespace Chat.Server.Realtime.Redis;

/// <summary>The bus over Redis: news as JSON on a channel of their own.</summary>
internal sealed class RedisClusterBus : IClusterBus
{
    private readonly NodeChannels _channels;

    public RedisClusterBus(NodeChannels channels)
    {
        _channels = channels;
        channels.News.Received += entry =>
        {
            if (JsonSerializer.Deserialize<ClusterNews>(entry.Span) is { } news) Heard?.Invoke(news);
        };
        channels.News.NewsLost += () => NewsLost?.Invoke();
        channels.Push.NewsLost += () => PushesLost?.Invoke();
    }

    public bool HearsOthers => _channels.News.IsHealthy;

    public event Action<ClusterNews>? Heard;

    public event Action? NewsLost;

    public event Action? PushesLost;

    public void Tell(ClusterNews news) => _channels.News.Send(JsonSerializer.SerializeToUtf8Bytes(news));
}
