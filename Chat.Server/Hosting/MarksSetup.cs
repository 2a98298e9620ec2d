using Chat.Data.Disappearing;
using Chat.Data.Pins;
using Chat.Data.Polls;
using Chat.Data.Reactions;
using Chat.Data.Scheduling;
using Chat.Server.Features.Disappearing;
using Chat.Server.Features.Pins;
using Chat.Server.Features.Polls;
using Chat.Server.Features.Reactions;
using Chat.Server.Features.Scheduling;
using Chat.Server.Hubs;

namespace Chat.Server.Hosting;

/// <summary>What people put on messages and chats: reactions, pins, votes, how long they stay, when they are sent.</summary>
internal static class MarksSetup
{
    public static void AddMarks(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<IReactionStore, ReactionRepository>();
        services.AddSingleton<ReactionService>();
        services.AddSingleton<IPinStore, PinRepository>();
        services.AddSingleton<PinService>();
        services.AddSingleton<IPollStore, PollRepository>();
        services.AddSingleton<PollService>();
        builder.AddOptions("Disappearing", new DisappearingOptions(), DisappearingOptions.Check);
        services.AddSingleton<IDisappearingStore, DisappearingRepository>();
        services.AddSingleton<DisappearingService>();
        services.AddSingleton<MessageExpiry>();
        services.AddHostedService(s => s.GetRequiredService<MessageExpiry>());
        builder.AddOptions("Scheduling", new ScheduleOptions(), ScheduleOptions.Check);
        services.AddSingleton<IScheduledStore, ScheduledRepository>();
        services.AddSingleton<ScheduledNotifier>();
        services.AddSingleton<ScheduleService>();
        services.AddSingleton<ScheduledSender>();
        services.AddHostedService(s => s.GetRequiredService<ScheduledSender>());
        services.AddSingleton<MarkServices>();
    }
}
