using Chat.Data.Presence;
using Chat.Server.Features.Presence;
using Chat.Server.Features.Typing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Chat.Server.Hosting;

/// <summary>Who is online, who is typing.</summary>
internal static class PresenceSetup
{
    public static void AddPresence(this WebApplicationBuilder builder)
    {
        builder.AddOptions("Presence", new PresenceOptions(), PresenceOptions.Check);
        var services = builder.Services;
        services.AddSingleton<ILastSeenStore, LastSeenRepository>();
        services.TryAddSingleton<IPresenceStore, LocalPresenceStore>();
        services.AddSingleton<PresenceNotifier>();
        services.AddSingleton<PresenceTracker>();
        services.AddHostedService(s => s.GetRequiredService<PresenceTracker>());
        services.AddSingleton<WatchPresenceService>();
        services.AddHostedService<PresencePrivacy>();
        services.AddSingleton<TypingService>();
    }
}
