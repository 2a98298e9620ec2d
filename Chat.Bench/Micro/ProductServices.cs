using Chat.Server.Features.Accounts;
using Chat.Server.Features.Media;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Bench.Micro;

/// <summary>The product's services, composed as it composes them but never started: nothing of it connects anywhere.</summary>
internal static class ProductServices
{
    public static WebApplication Create()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["ConnectionStrings:Chat"] = "Server=127.0.0.1;Port=1;User ID=nobody;Database=chat";
        builder.Configuration["ConnectionStrings:Redis"] = "";
        builder.Logging.ClearProviders();
        builder.AddDatabase();
        builder.AddMessaging();
        builder.AddConnections();
        builder.AddRedis();
        builder.AddPresence();
        builder.AddPeople();
        builder.AddMarks();
        builder.AddFinding();
        builder.AddAccounts();
        builder.AddMedia();
        builder.AddTelemetry();
        return builder.Build();
    }

    /// <summary>What every frame of a client is read and written with.</summary>
    public static IHubProtocol HubProtocolOf(WebApplication product) =>
        product.Services.GetRequiredService<IHubProtocolResolver>().AllProtocols[0];
}
