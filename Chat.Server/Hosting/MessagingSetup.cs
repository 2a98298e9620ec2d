using System.Text.Json.Serialization.Metadata;
using Chat.Data;
using Chat.Data.Channels;
using Chat.Data.Messages;
using Chat.Data.Receipts;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Bans;
using Chat.Server.Features.Channels;
using Chat.Server.Features.Chats;
using Chat.Server.Features.Groups;
using Chat.Server.Features.Invites;
using Chat.Server.Features.Messages;
using Chat.Server.Features.Permissions;
using Chat.Server.Features.Pictures;
using Chat.Server.Features.Receipts;
using Chat.Server.Hubs;
using Chat.Server.Hubs.Direct;
using Chat.Server.Hubs.Filters;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Cluster;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>The hub, and everything on the way of a message.</summary>
internal static class MessagingSetup
{
    /// <summary>A text of 4,096 characters, each escaped as \uXXXX, and a list of 1,023 ids both fit well.</summary>
    private const int MaxFrameBytes = 64 * 1024;

    /// <summary>Until then a connection that says nothing keeps others from being set up.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    public static WebApplicationBuilder AddMessaging(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddOptions("RateLimits", new RateLimitOptions(), o =>
            o.CallsPerSecond < 1 ? ("CallsPerSecond", "must be at least 1")
            : o.CallBurst < 1 ? ("CallBurst", "must be at least 1")
            : o.SendsPerSecond < 1 ? ("SendsPerSecond", "must be at least 1")
            : o.SendBurst < 1 ? ("SendBurst", "must be at least 1")
            : o.TypingPerSecond < 1 ? ("TypingPerSecond", "must be at least 1")
            : o.TypingBurst < 1 ? ("TypingBurst", "must be at least 1")
            : o.SearchesPerSecond < 1 ? ("SearchesPerSecond", "must be at least 1")
            : o.SearchBurst < 1 ? ("SearchBurst", "must be at least 1")
            : null);
        builder.AddOptions("Sync", new SyncOptions(), o => o.TooLongAfter < 1 ? ("TooLongAfter", "must be at least 1") : null);
        builder.AddOptions("Messages", new AppenderLimits(), o =>
            o.Lanes is < 1 or > 64 ? ("Lanes", "must be from 1 to 64")
            : o.Transactions is < 1 or > 16 ? ("Transactions", "must be from 1 to 16")
            : o.MaxBatch is < 1 or > 10_000 ? ("MaxBatch", "must be from 1 to 10000")
            : o.MaxBatchBytes < 10_000 ? ("MaxBatchBytes", "must be at least 10000")
            : o.MaxWaiting < 1 ? ("MaxWaiting", "must be at least 1")
            : o.CommandTimeoutSeconds < 1 ? ("CommandTimeoutSeconds", "must be at least 1")
            : null);
        builder.AddOptions("MessageChanges", new MessageChangeOptions(), MessageChangeOptions.Check);
        builder.AddOptions("Receipts", new ReceiptLimits(), o =>
            o.Lanes is < 1 or > 64 ? ("Lanes", "must be from 1 to 64")
            : o.MaxBatch is < 1 or > 2_000 ? ("MaxBatch", "must be from 1 to 2000")
            : o.MaxWaiting < 1 ? ("MaxWaiting", "must be at least 1")
            : o.CommandTimeoutSeconds < 1 ? ("CommandTimeoutSeconds", "must be at least 1")
            : null);

        builder.AddOptions("Admission", new AdmissionOptions(), AdmissionOptions.Check);
        services.AddSingleton(RosterCacheOptions.Default);
        services.AddSingleton<RosterCache>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<ConnectionAdmission>();
        services.AddSingleton<ConnectionLifecycle>();
        services.AddSingleton<ChatMembership>();
        services.AddSingleton<SessionConnections>();
        services.AddSingleton<ISessionRevocations>(s => s.GetRequiredService<SessionConnections>());
        services.AddSingleton<ConnectionNotifier>();

        services.AddSingleton<MessageNotifier>();
        services.AddSingleton<IAppendObserver, CommitObservers>();
        services.AddSingleton<MessageAppender>();
        services.AddSingleton<IMessageAppender>(s => s.GetRequiredService<MessageAppender>());
        services.AddSingleton<IMessageReferences, MessageReferences>();
        services.AddSingleton<SendMessageService>();
        services.AddSingleton<ForwardMessagesService>();
        services.AddSingleton<IMessageEditor, MessageEditor>();
        services.AddSingleton<HidingNotifier>();
        services.AddSingleton<EditMessageService>();
        services.AddSingleton<HistoryService>();

        builder.AddOptions("Views", new ViewLimits(), ViewLimits.Check);
        services.AddSingleton<ViewCounter>();
        services.AddSingleton<ReadMarkPrivacy>();
        services.AddSingleton<ReceiptNotifier>();
        services.AddSingleton(s => new ReceiptWriter(
            s.GetRequiredService<ChatDatabase>(), s.GetRequiredService<ReceiptNotifier>().Advanced,
            s.GetRequiredService<ReceiptLimits>(), s.GetRequiredService<DataMetrics>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ViewCounter>().Viewed));
        services.AddSingleton<IReceiptWriter>(s => s.GetRequiredService<ReceiptWriter>());
        services.AddSingleton<ReceiptService>();

        services.AddSingleton<ChatService>();
        services.AddSingleton<ChatNotifier>();
        builder.AddOptions("Groups", new GroupOptions(), GroupOptions.Check);
        services.AddSingleton<GroupAnnouncer>();
        services.AddSingleton<ChannelService>();
        services.AddSingleton<GroupService>();
        services.AddSingleton<PermissionService>();
        services.AddSingleton<InviteNotifier>();
        services.AddSingleton<InviteService>();
        services.AddSingleton<BanService>();
        services.AddSingleton<PictureFinder>();
        services.AddSingleton<ChatPictureService>();
        services.AddSingleton<RulingServices>();
        services.AddHub();
        // SignalR logs every refused call as an error, with its trace. CallErrors logs those that are faults.
        builder.Logging.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.Critical);
        return builder;
    }

    /// <summary>Before the token is checked: that is a query, too. Sockets go on from here to the hub, by a way of their own.</summary>
    public static void UseConnectionAdmission(this WebApplication app)
    {
        var admission = app.Services.GetRequiredService<ConnectionAdmission>();
        var check = ((IApplicationBuilder)app).New().UseAuthentication().UseAuthorization();
        check.Run(HubEntrance.Allow);
        var entrance = new HubEntrance(check.Build(), admission, app.Services.GetRequiredService<IServiceScopeFactory>());
        app.Use(next => context => HubEntrance.IsFor(context) ? entrance.EnterAsync(context) : next(context));
        app.UseWhen(HubRequests.BeginsConnection, hub => hub.Use(async (context, next) =>
        {
            using var ticket = await admission.EnterAsync(context);
            await next(context);
        }));
    }

    public static WebApplication MapChatHub(this WebApplication app)
    {
        app.Services.GetRequiredService<RosterCache>().StartSweeping();
        // A request that lasts as long as its connection says nothing about how fast requests are.
        app.MapHub<ChatHub>("/hub/chat", app.Services.GetRequiredService<ConnectionLimits>().Apply).DisableHttpMetrics();
        return app;
    }

    private static void AddHub(this IServiceCollection services)
    {
        services
            .AddSignalR(options =>
            {
                options.MaximumReceiveMessageSize = MaxFrameBytes;
                options.MaximumParallelInvocationsPerClient = DirectCaller.MaxUnderWay;
                options.HandshakeTimeout = HandshakeTimeout;
            })
            .AddJsonProtocol(options =>
            {
                options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ContractJson.Default);
                MessageJson.AddTo(options.PayloadSerializerOptions);
            });
        services.AddSingleton<CallMetrics>();
        services.AddSingleton<CallTracing>();
        services.AddSingleton<CallCount>();
        services.AddSingleton<CallLog>();
        services.AddSingleton<CallErrors>();
        services.AddSingleton<CallLimits>();
        services.AddSingleton<CallGuard>();
        services.AddSingleton<CallFilter>();
        // The object itself: a filter that is named by its type is looked up, and wrapped once more, at every call.
        services.AddOptions<HubOptions>().Configure<CallFilter>((options, filter) => options.AddFilter(filter));
        // The protocol registered last under a name is the one that serves it.
        services.AddSingleton<IHubProtocol>(s =>
            new ChatHubProtocol(new JsonHubProtocol(s.GetRequiredService<IOptions<JsonHubProtocolOptions>>())));
    }
}
