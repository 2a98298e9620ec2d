using System.Security.Claims;
using Chat.Data.Bans;
using Chat.Data.Blocks;
using Chat.Data.Channels;
using Chat.Data.Chats;
using Chat.Data.Contacts;
using Chat.Data.Disappearing;
using Chat.Data.Groups;
using Chat.Data.Invites;
using Chat.Data.Messages;
using Chat.Data.Notifications;
using Chat.Data.Permissions;
using Chat.Data.Pictures;
using Chat.Data.Pins;
using Chat.Data.Polls;
using Chat.Data.Presence;
using Chat.Data.Reactions;
using Chat.Data.Receipts;
using Chat.Data.Reports;
using Chat.Data.Scheduling;
using Chat.Data.Search;
using Chat.Data.Settings;
using Chat.Server.Features.Accounts;
using Chat.Server.Features.Bans;
using Chat.Server.Features.Blocks;
using Chat.Server.Features.Channels;
using Chat.Server.Features.Chats;
using Chat.Server.Features.Contacts;
using Chat.Server.Features.Disappearing;
using Chat.Server.Features.Groups;
using Chat.Server.Features.Invites;
using Chat.Server.Features.Messages;
using Chat.Server.Features.Notifications;
using Chat.Server.Features.Permissions;
using Chat.Server.Features.Pictures;
using Chat.Server.Features.Pins;
using Chat.Server.Features.Polls;
using Chat.Server.Features.Presence;
using Chat.Server.Features.Privacy;
using Chat.Server.Features.Reactions;
using Chat.Server.Features.Receipts;
using Chat.Server.Features.Reports;
using Chat.Server.Features.Scheduling;
using Chat.Server.Features.Search;
using Chat.Server.Features.Settings;
using Chat.Server.Features.Typing;
using Chat.Server.Hubs;
using Chat.Server.Realtime;
using Chat.Server.Realtime.Backplane;
using Chat.Server.Realtime.Cluster;
using Chat.Server.Realtime.Outputs;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Chat.Server.Tests.Support;

/// <summary>The hub with its real services, over mocks of the database and of SignalR. No server, no database.</summary>
internal sealed class HubHarness : IDisposable
{
    public const long Ann = 11;
    public const long Bob = 22;
    public const long Carol = 33;
    public const long DirectChat = 100;
    public const long Group = 200;

    public HubHarness(SyncOptions? sync = null)
    {
        Rosters = new RosterCache(RosterReader.Object, Time, RosterCacheOptions.Default);
        HubContext.SetupGet(h => h.Clients).Returns(Pushes.Clients);
        HubContext.SetupGet(h => h.Groups).Returns(Groups.Object);
        Registry = new ConnectionRegistry();
        PrivacyCache = new PrivacyCache(PrivacyReader.Object, Bus.Object, Time);
        var privacy = new PrivacyService(PrivacyCache);
        var readMarks = new ReadMarkPrivacy(Rosters, PrivacyCache);
        ReceiptNotifier = new ReceiptNotifier(Pusher, Rosters, readMarks, Time, NullLogger<ReceiptNotifier>.Instance);
        ChatNotifier = new ChatNotifier(HubContext.Object, NullLogger<ChatNotifier>.Instance);
        Membership = new ChatMembership(
            Registry, Rosters, RosterReader.Object, HubContext.Object, ConnectionGroups.Object,
            new ConnectionNotifier(HubContext.Object, NullLogger<ConnectionNotifier>.Instance), Bus.Object);
        MessageNotifier = new MessageNotifier(Pusher, HubContext.Object, Rosters, Membership, NullLogger<MessageNotifier>.Instance);
        Presence = new PresenceTracker(
            PresenceStore.Object, LastSeen.Object, new PresenceNotifier(HubContext.Object, NullLogger<PresenceNotifier>.Instance),
            new PresenceOptions(), Time, NullLogger<PresenceTracker>.Instance);
        Stalled = new StalledOutputs(
            new ConnectionLimits(), new RealtimeMetrics(TestMetrics.Factory()), Time, NullLogger<StalledOutputs>.Instance);
        Lifecycle = new ConnectionLifecycle(Registry, Sessions.Object, RosterReader.Object, Presence, Stalled, HubContext.Object);
        var announcer = new GroupAnnouncer(Heads.Object, Rosters, ChatNotifier);
        var channels = new ChannelService(Channels.Object, Heads.Object, Membership, announcer, ChatNotifier, MessageNotifier);
        _hub = () => new ChatHub(
            Lifecycle,
            new ChatService(DirectChats.Object, Heads.Object, Participants.Object, privacy, readMarks, Rights.Object, Time),
            new GroupService(
                GroupStore.Object, Heads.Object, Rosters, ChatNotifier, announcer, channels, privacy, MessageNotifier, new GroupOptions()),
            channels,
            new RulingServices(
                new PermissionService(GroupRoles.Object, announcer),
                new InviteService(
                    Invites.Object, Rights.Object, Heads.Object, Rosters, announcer,
                    new InviteNotifier(HubContext.Object, new NotificationBacklog(), NullLogger<InviteNotifier>.Instance), privacy, new GroupOptions()),
                new BanService(Bans.Object, Rights.Object, ChatNotifier, announcer, privacy),
                new ChatPictureService(Pictures.Object, Rights.Object, new PictureFinder(References.Object), announcer)),
            new SendMessageService(Rosters, Rights.Object, Appender.Object, References.Object, Time),
            new ForwardMessagesService(References.Object, new SendMessageService(Rosters, Rights.Object, Appender.Object, References.Object, Time), Time),
            new EditMessageService(
                Editor.Object, new HidingNotifier(HubContext.Object, NullLogger<HidingNotifier>.Instance), new MessageChangeOptions(), Time),
            new HistoryService(History.Object, sync ?? new SyncOptions(), readMarks),
            new ReceiptService(Rosters, Receipts.Object, MessageInfo.Object, readMarks),
            new WatchPresenceService(PresenceStore.Object, LastSeen.Object, privacy, ConnectionGroups.Object, HubContext.Object),
            new TypingService(Rosters, Rights.Object, HubContext.Object, NullLogger<TypingService>.Instance),
            People(privacy),
            new MarkServices(new ReactionService(Reactions.Object, Rights.Object, privacy), new PinService(Pins.Object), new PollService(Polls.Object, privacy), new DisappearingService(Disappearing.Object),
                new ScheduleService(
                    Scheduled.Object, References.Object, Rosters, new ScheduledNotifier(HubContext.Object, NullLogger<ScheduledNotifier>.Instance), Time)),
            new FindingServices(
                new SearchService(Mock.Of<ISearchReader>(), Mock.Of<INameSearch>(), privacy),
                new NotificationService(Mock.Of<INotificationStore>(), privacy, Time),
                new ReportService(Mock.Of<IReportStore>(), new ReportOptions(), Time)));
        KnowsChat(DirectChat, "direct", Ann, Bob);
        KnowsChat(Group, "group", Ann, Bob, Carol);
        // Nobody has set anything, unless a test says otherwise.
        PrivacyReader.Setup(r => r.ListAsync(It.IsAny<IReadOnlyCollection<long>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((IReadOnlyCollection<long> ids, CancellationToken _) => [.. ids.Select(id => Seed.OpenPrivacy(id))]);
        Rights.Setup(r => r.FindAsync(It.IsAny<long>(), It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new ParticipantRights("group", "member", ChatRights.GroupMembers));
        RosterReader.Setup(r => r.ListGroupIdsAsync(It.IsAny<long>(), It.IsAny<CancellationToken>())).ReturnsAsync([]);
    }

    private readonly Func<ChatHub> _hub;

    private PeopleServices People(PrivacyService privacy)
    {
        var notifier = new SettingsNotifier(HubContext.Object, NullLogger<SettingsNotifier>.Instance);
        return new PeopleServices(
            new BlockService(Blocks.Object, privacy, PrivacyCache, Membership, Time),
            new ContactService(Contacts.Object, privacy, PrivacyCache, new ContactOptions(), Time),
            new SettingsService(Settings.Object, PrivacyCache, notifier),
            new ChatSettingsService(ChatSettings.Object, notifier, Time));
    }

    public ManualTime Time { get; } = new();

    // The data seams are strict: a call that a test did not foresee is a finding.
    public Mock<IRosterReader> RosterReader { get; } = new(MockBehavior.Strict);
    public Mock<IMessageAppender> Appender { get; } = new(MockBehavior.Strict);
    public Mock<IReceiptWriter> Receipts { get; } = new(MockBehavior.Strict);
    public Mock<IHistoryReader> History { get; } = new(MockBehavior.Strict);

    public Mock<IMessageReferences> References { get; } = new(MockBehavior.Strict);

    public Mock<IMessageEditor> Editor { get; } = new();
    public Mock<IDisappearingStore> Disappearing { get; } = new();
    public Mock<IScheduledStore> Scheduled { get; } = new();
    public Mock<IPollStore> Polls { get; } = new();
    public Mock<IPinStore> Pins { get; } = new();
    public Mock<IReactionStore> Reactions { get; } = new();
    public Mock<IChatHeadReader> Heads { get; } = new(MockBehavior.Strict);
    public Mock<IDirectChatStore> DirectChats { get; } = new(MockBehavior.Strict);
    public Mock<IParticipantReader> Participants { get; } = new(MockBehavior.Strict);
    public Mock<IMessageInfoReader> MessageInfo { get; } = new(MockBehavior.Strict);
    public Mock<IGroupStore> GroupStore { get; } = new(MockBehavior.Strict);
    public Mock<IChannelStore> Channels { get; } = new(MockBehavior.Strict);
    public Mock<IInviteStore> Invites { get; } = new(MockBehavior.Strict);
    public Mock<IBanStore> Bans { get; } = new(MockBehavior.Strict);
    public Mock<IChatPictureStore> Pictures { get; } = new(MockBehavior.Strict);
    public Mock<IRightsReader> Rights { get; } = new(MockBehavior.Strict);
    public Mock<IGroupRoleStore> GroupRoles { get; } = new(MockBehavior.Strict);
    public Mock<IPresenceStore> PresenceStore { get; } = new(MockBehavior.Strict);
    public Mock<ILastSeenStore> LastSeen { get; } = new(MockBehavior.Strict);
    public Mock<IBlockStore> Blocks { get; } = new(MockBehavior.Strict);
    public Mock<IContactStore> Contacts { get; } = new(MockBehavior.Strict);
    public Mock<ISettingsStore> Settings { get; } = new(MockBehavior.Strict);
    public Mock<IChatSettingsStore> ChatSettings { get; } = new(MockBehavior.Strict);
    public Mock<IPrivacyReader> PrivacyReader { get; } = new(MockBehavior.Strict);
    public Mock<ISessionGuard> Sessions { get; } = new();
    public Mock<IHubContext<ChatHub, IChatClient>> HubContext { get; } = new();
    public Mock<IGroupManager> Groups { get; } = new();
    public Mock<IConnectionGroups> ConnectionGroups { get; } = new();
    public Mock<IClusterBus> Bus { get; } = new();

    public RecordedPushes Pushes { get; } = new();

    private HubContextPushes Pusher => new(HubContext.Object, NullLogger<HubContextPushes>.Instance);

    public RosterCache Rosters { get; }
    public PrivacyCache PrivacyCache { get; }
    public ConnectionRegistry Registry { get; }
    public ConnectionLifecycle Lifecycle { get; }
    public ChatMembership Membership { get; }
    public PresenceTracker Presence { get; }
    public StalledOutputs Stalled { get; }
    public MessageNotifier MessageNotifier { get; }
    public ReceiptNotifier ReceiptNotifier { get; }
    public ChatNotifier ChatNotifier { get; }

    public void KnowsChat(long chatId, string type, params long[] members) =>
        RosterReader.Setup(r => r.GetAsync(chatId, It.IsAny<CancellationToken>())).ReturnsAsync(Seed.Believed(chatId, type, members));

    public void KnowsNoChat(long chatId) =>
        RosterReader.Setup(r => r.GetAsync(chatId, It.IsAny<CancellationToken>())).ReturnsAsync((Roster?)null);

    /// <summary>The hub as one call of a user sees it.</summary>
    public ChatHub As(long userId, string connectionId = "connection", CancellationToken aborted = default)
    {
        var hub = _hub();
        hub.Context = Caller(userId, connectionId, aborted).Object;
        return hub;
    }

    public static Mock<HubCallerContext> Caller(long userId, string connectionId = "connection", CancellationToken aborted = default)
    {
        var context = new Mock<HubCallerContext>();
        context.SetupGet(c => c.ConnectionId).Returns(connectionId);
        context.SetupGet(c => c.UserIdentifier).Returns($"{userId}");
        context.SetupGet(c => c.User).Returns(CallerClaims.Create(userId, sessionId: userId * 10, "test"));
        context.SetupGet(c => c.ConnectionAborted).Returns(aborted);
        context.SetupGet(c => c.Items).Returns(new Dictionary<object, object?>());
        context.SetupGet(c => c.Features).Returns(new FeatureCollection());
        return context;
    }

    public static ChatHeadRow Head(long chatId, string type = "group") => new()
    {
        ChatId = chatId, ChatType = type, ChatName = type == "group" ? "Title" : null, Role = "owner", MemberCount = 3,
        PeerUserId = type == "direct" ? Bob : null, PeerName = type == "direct" ? "Bob" : null,
        CreatedAt = DateTime.UnixEpoch, LastActivityAt = DateTime.UnixEpoch.AddDays(chatId),
    };

    public static MessageRow Message(long chatId, long messageId, long senderId = Ann, string text = "text") =>
        new(chatId, messageId, senderId, Guid.NewGuid().ToByteArray(bigEndian: true), "text", text, null, DateTime.UnixEpoch);

    public static MessageRow SystemMessage(long chatId, long messageId, string body) =>
        new(chatId, messageId, Ann, Guid.NewGuid().ToByteArray(bigEndian: true), "system", null, body, DateTime.UnixEpoch);

    public void Dispose()
    {
        Rosters.Dispose();
        PrivacyCache.Dispose();
        ReceiptNotifier.Dispose();
        Stalled.Dispose();
    }
}

/// <summary>What was pushed, and to whom: <c>group:chat:5</c>, or <c>group:user:7 except connection</c>.</summary>
internal sealed class RecordedPushes
{
    private readonly Lock _gate = new();
    private readonly List<(string To, object Event)> _pushes = [];

    public RecordedPushes()
    {
        var clients = new Mock<IHubClients<IChatClient>>(MockBehavior.Strict);
        clients.Setup(c => c.Group(It.IsAny<string>())).Returns((string group) => To(group));
        clients.Setup(c => c.GroupExcept(It.IsAny<string>(), It.IsAny<IReadOnlyList<string>>()))
            .Returns((string group, IReadOnlyList<string> except) => To($"{group} except {string.Join(',', except)}"));
        clients.Setup(c => c.Groups(It.IsAny<IReadOnlyList<string>>()))
            .Returns((IReadOnlyList<string> groups) => To(string.Join('+', groups)));
        clients.Setup(c => c.Client(It.IsAny<string>())).Returns((string connection) => To($"connection {connection}"));
        Clients = clients.Object;
    }

    public IHubClients<IChatClient> Clients { get; }

    /// <summary>What a push ends with: <c>Task.CompletedTask</c>, unless a test says otherwise.</summary>
    public Func<Task> Outcome { get; set; } = () => Task.CompletedTask;

    public IReadOnlyList<(string To, object Event)> All
    {
        get { lock (_gate) return [.. _pushes]; }
    }

    private IChatClient To(string audience)
    {
        var client = new Mock<IChatClient>();
        client.Setup(c => c.MessagePosted(It.IsAny<MessageView>())).Returns((MessageView e) => Add(audience, e));
        client.Setup(c => c.ReceiptsAdvanced(It.IsAny<ReceiptsAdvancedEvent>())).Returns((ReceiptsAdvancedEvent e) => Add(audience, e));
        client.Setup(c => c.ChatUpdated(It.IsAny<ChatUpdatedEvent>())).Returns((ChatUpdatedEvent e) => Add(audience, e));
        client.Setup(c => c.ChatRemoved(It.IsAny<ChatRemovedEvent>())).Returns((ChatRemovedEvent e) => Add(audience, e));
        client.Setup(c => c.TypingChanged(It.IsAny<TypingChangedEvent>())).Returns((TypingChangedEvent e) => Add(audience, e));
        client.Setup(c => c.PresenceChanged(It.IsAny<PresenceView>())).Returns((PresenceView e) => Add(audience, e));
        client.Setup(c => c.ResyncRequired(It.IsAny<ResyncRequiredEvent>())).Returns((ResyncRequiredEvent e) => Add(audience, e));
        return client.Object;
    }

    private Task Add(string audience, object pushed)
    {
        lock (_gate) _pushes.Add((audience, pushed));
        return Outcome();
    }
}
