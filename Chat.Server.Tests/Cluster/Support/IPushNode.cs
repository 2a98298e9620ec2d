using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Tests.Cluster.Support;

/// <summary>The part of a node that delivers pushes, without a server around it.</summary>
internal interface IPushNode : IAsyncDisposable
{
    HubLifetimeManager<ProbeHub> Manager { get; }
}

internal sealed class ProbeHub : Hub;
