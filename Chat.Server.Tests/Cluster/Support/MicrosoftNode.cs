using Chat.Server.Realtime;
using Chat.Server.Realtime.Redis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>A node of Microsoft's backplane, registered as the server does it.</summary>
internal sealed class MicrosoftNode : IPushNode
{
    private readonly ServiceProvider _services;

    public MicrosoftNode(string connectionString, RedisOptions options)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSignalR().AddMicrosoftBackplane(connectionString, new RedisNames(options));
        _services = services.BuildServiceProvider();
        Manager = _services.GetRequiredService<HubLifetimeManager<ProbeHub>>();
    }

    public HubLifetimeManager<ProbeHub> Manager { get; }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
