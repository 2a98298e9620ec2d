using Chat.Server.Realtime.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>A bus that can lose news without a trace, and say that it hears nothing.</summary>
internal sealed class DroppingBus(IClusterBus inner) : IClusterBus
{
    /// <summary>What this node tells reaches nobody.</summary>
    public bool IsMute { get; set; }

    /// <summary>This node knows that it does not hear the others.</summary>
    public bool IsDeaf { get; set; }

    public event Action<ClusterNews>? Heard
    {
        add => inner.Heard += value;
        remove => inner.Heard -= value;
    }

    public event Action? NewsLost;

    public event Action? PushesLost;

    public bool HearsOthers => !IsDeaf && inner.HearsOthers;

    public void Tell(ClusterNews news)
    {
        if (!IsMute) inner.Tell(news);
    }

    public void LoseNews() => NewsLost?.Invoke();

    public void LosePushes() => PushesLost?.Invoke();

    /// <summary>Puts one in front of the bus that the server registered.</summary>
    public static void Register(IServiceCollection services)
    {
        var registered = services.Last(service => service.ServiceType == typeof(IClusterBus));
        services.AddSingleton<IClusterBus>(provider =>
        {
            var inner = (IClusterBus)ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!);
            var bus = new DroppingBus(inner);
            inner.NewsLost += bus.LoseNews;
            inner.PushesLost += bus.LosePushes;
            return bus;
        });
    }
}
