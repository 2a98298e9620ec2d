using Chat.Data;
using Chat.Data.Notifications;
using Chat.Data.Search;
using Chat.Server.Features.Notifications;
using Chat.Server.Features.Search;
using Chat.Server.Hubs;

namespace Chat.Server.Hosting;

/// <summary>Finding messages, chats and people, and being told of what one did not see.</summary>
internal static class FindingSetup
{
    public static void AddFinding(this WebApplicationBuilder builder)
    {
        builder.AddOptions("Search", new SearchOptions(), SearchOptions.Check);
        var services = builder.Services;
        services.AddSingleton<ISearchReader>(s => new SearchRepository(s.GetRequiredService<ChatDatabase>(), s.GetService<ReadReplica>()));
        services.AddSingleton<INameSearch, NameSearchRepository>();
        services.AddSingleton<SearchIndexRepository>();
        services.AddSingleton<SearchBacklog>(_ => new SearchBacklog());
        services.AddSingleton<SearchService>();
        services.AddSingleton<FindingServices>();
        services.AddSingleton<SearchIndexer>();
        services.AddHostedService(s => s.GetRequiredService<SearchIndexer>());

        builder.AddOptions("Notifications", new NotificationOptions(), NotificationOptions.Check);
        services.AddSingleton<INotificationStore, NotificationRepository>();
        services.AddSingleton<NotificationBacklog>(_ => new NotificationBacklog());
        services.AddSingleton<NotificationNotifier>();
        services.AddSingleton<NotificationService>();
        services.AddSingleton<INotificationSender, NoNotificationSender>();
        services.AddSingleton<NotificationWorker>();
        services.AddHostedService(s => s.GetRequiredService<NotificationWorker>());
    }
}
