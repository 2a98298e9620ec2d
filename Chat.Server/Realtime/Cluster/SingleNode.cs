namespace Chat.Server.Realtime.Cluster;

/// <summary>The bus of a node that is alone.</summary>
internal sealed class SingleNode : IClusterBus
{
    public event Action<ClusterNews>? Heard
    {
        add { }
        remove { }
    }

    public bool HearsOthers => true;

    public event Action? NewsLost
    {
        add { }
        remove { }
    }

    public event Action? PushesLost
    {
        add { }
        remove { }
    }

    public void Tell(ClusterNews news)
    {
    }
}
