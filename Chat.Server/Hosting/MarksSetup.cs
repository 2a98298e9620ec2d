using Chat.Data.Pins;
using Chat.Data.Reactions;
using Chat.Server.Features.Pins;
using Chat.Server.Features.Reactions;
using Chat.Server.Hubs;

namespace Chat.Server.Hosting;

/// <summary>What people put on messages: reactions, pins.</summary>
internal static class MarksSetup
{
    public static void AddMarks(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IReactionStore, ReactionRepository>();
        services.AddSingleton<ReactionService>();
        services.AddSingleton<IPinStore, PinRepository>();
        services.AddSingleton<PinService>();
        services.AddSingleton<MarkServices>();
    }
}
