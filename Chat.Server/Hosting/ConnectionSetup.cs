using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Outputs;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hosting;

/// <summary>Section <c>Connections</c>: what one client may cost, and when it counts as gone.</summary>
internal static class ConnectionSetup
{
    public static void AddConnections(this WebApplicationBuilder builder)
    {
        var limits = builder.AddOptions("Connections", new ConnectionLimits(), ConnectionLimits.Check);
        builder.Services.Configure<HubOptions>(hub =>
            (hub.KeepAliveInterval, hub.ClientTimeoutInterval) = (limits.KeepAliveInterval, limits.ClientTimeout));
        builder.Services.AddSingleton<SlowClients>();
        builder.Services.AddSingleton<StalledOutputs>();
        builder.Services.AddHostedService(s => s.GetRequiredService<StalledOutputs>());
        // What a listening socket is set to, those that it accepts inherit.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.SendBufferSize = limits.SocketBufferBytes;
            return socket;
        });
    }

    public static void Apply(this ConnectionLimits limits, HttpConnectionDispatcherOptions endpoint)
    {
        endpoint.CloseOnAuthenticationExpiration = true;
        endpoint.TransportMaxBufferSize = limits.TransportBufferBytes;
        endpoint.ApplicationMaxBufferSize = limits.TransportBufferBytes;
    }
}
